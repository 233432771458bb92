/** The estimate of one arm, over units of randomisation. */
export interface ArmEstimate {
  /** In the metric's own unit. */
  readonly mean: number;
  /** Standard error of `mean`, same unit; 0 when all units are equal. */
  readonly standardError: number;
  /** Units in the estimate, at least 2. */
  readonly units: number;
}

/** Plain sums over units, where unit i has the numerator M_i and the denominator D_i. */
export interface RatioSums {
  readonly units: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly numeratorSquared: number;
  readonly denominatorSquared: number;
  /** Sum of M_i D_i. */
  readonly product: number;
}

/** Plain sums over units, where unit i has the value x_i. */
export interface ValueSums {
  readonly units: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/**
 * R = sum(M) / sum(D) with its standard error by the delta method over units, the right one when a unit has many predictions:
 * s^2 = sum((M_i - R D_i)^2) / (n - 1), SE = sqrt(s^2 / n) / mean(D). It equals (s_M^2 - 2 R s_MD + R^2 s_D^2) / mean(D)^2 / n, since the
 * mean of M - R D is 0, but subtracts once only. Source: Deng, Knoblich, Lu, Applying the delta method in metric analytics (KDD 2018).
 *
 * Error bound: the sums carry rounding of relative size e (2^-53 for exact integers, about n 2^-53 at the very worst), so the relative
 * error of s^2 is about 4 e (sum(M^2) + R^2 sum(D^2)) / sum((M - R D)^2), for a mean about 4 e (1 + (mean / s)^2): nine digits are left at
 * a mean of 1,000 s. What comes out below 0 is rounding and becomes 0.
 *
 * @returns null when nothing can be said: fewer than two units, or a sum of denominators that is not above 0.
 * @throws RangeError when a sum is not finite, or units is not a whole number of at least 0.
 * @example ratioOfSums({ units: 2, numerator: 3, denominator: 4, numeratorSquared: 5, denominatorSquared: 8, product: 6 })?.mean; // 0.75
 */
export function ratioOfSums(sums: RatioSums): ArmEstimate | null {
  const { units, numerator, denominator, numeratorSquared, denominatorSquared, product } = sums;
  requireSums(units, [numerator, denominator, numeratorSquared, denominatorSquared, product]);
  if (units < 2 || denominator <= 0) return null;
  const mean = numerator / denominator;
  const squaredResiduals = Math.max(0, numeratorSquared - mean * (2 * product - mean * denominatorSquared));
  const standardError = Math.sqrt(squaredResiduals / (units - 1) / units) / (denominator / units);
  return { mean, standardError, units };
}

/**
 * The mean of one value a unit: sum / n, s^2 = (sum(x^2) - sum(x)^2 / n) / (n - 1), SE = sqrt(s^2 / n). Bound and clamping as in
 * `ratioOfSums`, of which this is the case of denominators that are all 1.
 *
 * @returns null with fewer than two units.
 * @throws RangeError as `ratioOfSums`.
 * @example meanOfSums({ units: 4, sum: 10, sumOfSquares: 30 })?.mean; // 2.5
 */
export function meanOfSums({ units, sum, sumOfSquares }: ValueSums): ArmEstimate | null {
  return ratioOfSums({
    units,
    numerator: sum,
    denominator: units,
    numeratorSquared: sumOfSquares,
    denominatorSquared: units,
    product: sum,
  });
}

function requireSums(units: number, sums: readonly number[]): void {
  if (!Number.isInteger(units) || units < 0)
    throw new RangeError(`The number of units must be a whole number of at least 0, not ${units}.`);
  if (!sums.every(Number.isFinite)) throw new RangeError('Every sum must be a finite number.');
}
