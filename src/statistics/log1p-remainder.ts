/**
 * u - ln(1 + u), which is u^2 / 2 near 0, without the cancellation that would cost it its digits there: with t = u / (2 + u),
 * ln(1 + u) = 2 (t + t^3/3 + t^5/5 + ...) (DLMF 4.6.4) and u - 2 t = u t. Relative error below 2e-15.
 *
 * @returns Infinity at -1, NaN below.
 * @example log1pRemainder(1e-9); // 4.999999996666667e-19
 */
export function log1pRemainder(u: number): number {
  if (!(Math.abs(u) <= 0.5)) return u - Math.log1p(u);
  const t = u / (2 + u);
  let power = t * t * t;
  let sum = power / 3;
  for (let k = 5; Math.abs(power) > Number.EPSILON * 0.01 * Math.abs(sum); k += 2) {
    power *= t * t;
    sum += power / k;
  }
  return u * t - 2 * sum;
}

/**
 * shift - a ln(1 + shift / a), never negative: how far a probability of the beta or gamma family has fallen, on the scale of logarithms, at
 * the distance `shift` from its peak at a (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000).
 *
 * @param ratio 1 + shift / a; it has more digits than that sum where it is near 0.
 * @example deviance(1e6, 3000, 1.003); // 4.491
 */
export function deviance(a: number, shift: number, ratio: number): number {
  const u = shift / a;
  return Math.abs(u) < 0.9 ? a * log1pRemainder(u) : shift - a * Math.log(ratio);
}
