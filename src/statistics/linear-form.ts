import { type RatioVariable, ratioMean } from './linearised-moments';
import type { MomentMatrix } from './moment-matrix';

/** c_0 + c_1 v_1 + .. + c_p v_p of a unit (v_1, .., v_p); c by position, position 0 being the constant 1. */
export type LinearForm = readonly number[];

/** Sum over units of v_i v_j v_k, where v_0 = 1. The order of the positions does not matter. */
export type TripleSums = (i: number, j: number, k: number) => number;

/**
 * What a unit adds to a ratio's deviation from its truth, (N - R D) / mean(D), whose mean over units is 0; for a mean (denominator 0) it is N - mean. Its
 * covariances are those of `linearisedCovariance`.
 *
 * @returns null when `ratioMean` is.
 * @throws RangeError when a position is not in the matrix.
 * @example linearisedForm(MomentMatrix.of([[1], [3]]), { numerator: 1, denominator: 0 }); // [-2, 1]
 */
export function linearisedForm(moments: MomentMatrix, { numerator, denominator }: RatioVariable): LinearForm | null {
  const ratio = ratioMean(moments, { numerator, denominator });
  if (ratio === null) return null;
  const below = moments.mean(denominator);
  const form = new Array<number>(moments.variables + 1).fill(0);
  form[denominator] = -ratio / below;
  form[numerator] = (form[numerator] as number) + 1 / below;
  return form;
}

/**
 * Mean over units of the product of three forms. Of one linearised form thrice it is the third central moment of the estimate's unit, as
 * `thirdCentralMoment` for a mean. Rounding of the sums is magnified by about (1 + |m| / s)^3, m and s being the mean and the spread of what is summed.
 *
 * @returns 0 without units.
 */
export function meanOfProduct(units: number, [one, other, third]: readonly [LinearForm, LinearForm, LinearForm], sums: TripleSums): number {
  if (units === 0) return 0;
  let total = 0;
  one.forEach((a, i) => {
    other.forEach((b, j) => {
      third.forEach((c, k) => {
        // What a form leaves out may not have been summed.
        if (a !== 0 && b !== 0 && c !== 0) total += a * b * c * sums(i, j, k);
      });
    });
  });
  return total / units;
}
