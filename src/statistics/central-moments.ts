/** How values are spread, without the values. Two merge into that of all values, in any order. */
export interface CentralMoments {
  readonly count: number;
  /** 0 when there are no values. */
  readonly mean: number;
  /** What rounding the mean has left: the mean is mean + meanRest. It counts when values are 10^12 times as large as they are apart. */
  readonly meanRest: number;
  /** Sum of (x - mean)^2, of the cube and of the fourth power, in the unit to that power. */
  readonly squares: number;
  readonly cubes: number;
  readonly fourths: number;
  /** Infinity and -Infinity when there are no values. */
  readonly minimum: number;
  readonly maximum: number;
}

export const noMoments: CentralMoments = Object.freeze({
  count: 0,
  mean: 0,
  meanRest: 0,
  squares: 0,
  cubes: 0,
  fourths: 0,
  minimum: Number.POSITIVE_INFINITY,
  maximum: Number.NEGATIVE_INFINITY,
});

/**
 * The moments of values by two passes, which keeps the digits that a sum of squares loses when the mean is large against the spread.
 *
 * @throws RangeError when a value is not finite.
 * @example centralMoments([1, 2, 3]).squares; // 2
 */
export function centralMoments(values: readonly number[]): CentralMoments {
  const outside = values.find((value) => !Number.isFinite(value));
  if (outside !== undefined) throw new RangeError(`Every value must be a finite number, not ${outside}.`);
  const count = values.length;
  if (count === 0) return noMoments;
  // Around the first value, whose distance to the others is exact when they are near to each other.
  const origin = values[0] as number;
  const distance = values.reduce((sum, value) => sum + (value - origin), 0) / count;
  const moment = (power: number) => values.reduce((sum, value) => sum + (value - origin - distance) ** power, 0);
  // What rounding of the distance has left of the first moment.
  const rest = moment(1);
  return {
    count,
    ...meanOf(origin, distance + rest / count),
    squares: Math.max(0, moment(2) - (rest / count) * rest),
    cubes: moment(3),
    fourths: moment(4),
    minimum: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    maximum: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  };
}

/**
 * The moments of all values of a and b together. Source: Chan, Golub, LeVeque (1983) for squares, Pebay (Sandia report 2008-6212) for the
 * higher ones. Associative and commutative but for rounding; relative error of squares about 1e-15 per merge, also of
 * values that are 10^12 times as large as they are apart.
 *
 * @example mergeMoments(centralMoments([1, 2]), centralMoments([3])).mean; // 2
 */
export function mergeMoments(a: CentralMoments, b: CentralMoments): CentralMoments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const shift = b.mean - a.mean + (b.meanRest - a.meanRest);
  const [ofA, ofB] = [a.count / count, b.count / count];
  const between = shift * shift * ofA * b.count;
  return {
    count,
    ...meanOf(a.mean, a.meanRest + shift * ofB),
    squares: a.squares + b.squares + between,
    cubes: a.cubes + b.cubes + between * shift * (ofA - ofB) + 3 * shift * (ofA * b.squares - ofB * a.squares),
    fourths:
      a.fourths +
      b.fourths +
      between * shift * shift * (ofA * ofA - ofA * ofB + ofB * ofB) +
      6 * shift * shift * (ofA * ofA * b.squares + ofB * ofB * a.squares) +
      4 * shift * (ofA * b.cubes - ofB * a.cubes),
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
  };
}

/** The sum of the two and, exactly, what its rounding leaves (Knuth's two-sum). */
function meanOf(large: number, small: number): { mean: number; meanRest: number } {
  const mean = large + small;
  const part = mean - large;
  return { mean, meanRest: large - (mean - part) + (small - part) };
}

/** Sample variance, squares / (n - 1), in the unit squared; null with fewer than two values. */
export function sampleVariance({ count, squares }: CentralMoments): number | null {
  return count < 2 ? null : squares / (count - 1);
}

/** Population skewness, cubes / n / sigma^3: above 0 with a long tail to the right. Null without spread. */
export function skewness({ count, squares, cubes }: CentralMoments): number | null {
  return squares === 0 ? null : cubes / count / (squares / count) ** 1.5;
}

/** Population excess kurtosis, fourths / n / sigma^4 - 3: 0 for a normal law. Null without spread. */
export function excessKurtosis({ count, squares, fourths }: CentralMoments): number | null {
  return squares === 0 ? null : (fourths * count) / squares / squares - 3;
}
