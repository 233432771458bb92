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
