import { stirlingRemainder } from './log-gamma-ratio';
import { deviance } from './log1p-remainder';

/**
 * x^a exp(-x) / Gamma(a + 1): for an integer a the Poisson probability of a at mean x; a times it is the density of the log of a gamma
 * variable. For a large a its parts are huge and nearly cancel, so it is written with the distance of x from a: exp(-a r(u) - s(a)) /
 * sqrt(2 pi a), u = (x - a) / a, r(u) = u - ln(1 + u), s the remainder of Stirling's formula (DLMF 5.11.1). Relative error below
 * 1e-15 (10 + |ln of the value|).
 *
 * @param a above 0.
 * @example gammaPower(800, 800); // 0.014103...
 */
export function gammaPower(a: number, x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  return Math.exp(-deviance(a, x - a, x / a) - stirlingRemainder(a)) / Math.sqrt(2 * Math.PI * a);
}
