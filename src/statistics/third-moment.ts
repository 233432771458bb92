/**
 * The third central moment of one unit's value, sum((x - mean)^3) / n, from sums over units: sum(x^3) / n - 3 m sum(x^2) / n + 2 m^3. For values of 0
 * and 1 all three sums are the number of ones. Rounding of the sums is magnified by about (1 + |m| / s)^3.
 *
 * @returns the metric's unit to the third power; 0 without units.
 * @throws RangeError when a sum is not finite or the number of units is negative.
 * @example thirdCentralMoment({ units: 10, sum: 1, sumOfSquares: 1, sumOfCubes: 1 }); // 0.1 * 0.9 * 0.8 = 0.072
 */
export function thirdCentralMoment({ units, sum, sumOfSquares, sumOfCubes }: CubeSums): number {
  if (!(units >= 0)) throw new RangeError(`The number of units must be at least 0, not ${units}.`);
  if (![sum, sumOfSquares, sumOfCubes].every(Number.isFinite)) throw new RangeError('Every sum must be a finite number.');
  if (units === 0) return 0;
  const mean = sum / units;
  return sumOfCubes / units - mean * ((3 * sumOfSquares) / units - 2 * mean * mean);
}

export interface CubeSums {
  readonly units: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly sumOfCubes: number;
}

/**
 * The third central moment of one unit's part in a ratio, the linearised (M - R D) / mean(D) whose mean is 0: sum((M - R D)^3) / n / mean(D)^3, from the
 * sums of M^3, M^2 D, M D^2 and D^3. For D = 1 it is `thirdCentralMoment`. Rounding is magnified likewise, by about (1 + R mean(D) / s)^3.
 *
 * @returns the ratio's unit to the third power; 0 without units or denominator.
 * @throws RangeError when a sum is not finite.
 * @example // units (1, 1), (0, 2), (0, 1): R = 1 / 4, sum((M - R D)^3) = 27/64 - 8/64 - 1/64
 * thirdMomentOfRatio({ units: 3, numerator: 1, denominator: 4, numeratorCubed: 1, numeratorSquaredDenominator: 1, numeratorDenominatorSquared: 1, denominatorCubed: 10 });
 */
export function thirdMomentOfRatio(sums: RatioCubeSums): number {
  const { units, numerator, denominator, numeratorCubed, numeratorSquaredDenominator, numeratorDenominatorSquared, denominatorCubed } =
    sums;
  const cubes = [numeratorCubed, numeratorSquaredDenominator, numeratorDenominatorSquared, denominatorCubed];
  if (![units, numerator, denominator, ...cubes].every(Number.isFinite)) throw new RangeError('Every sum must be a finite number.');
  if (units === 0 || denominator <= 0) return 0;
  const ratio = numerator / denominator;
  const total =
    numeratorCubed - ratio * (3 * numeratorSquaredDenominator - ratio * (3 * numeratorDenominatorSquared - ratio * denominatorCubed));
  return total / units / (denominator / units) ** 3;
}

export interface RatioCubeSums {
  readonly units: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly numeratorCubed: number;
  readonly numeratorSquaredDenominator: number;
  readonly numeratorDenominatorSquared: number;
  readonly denominatorCubed: number;
}
