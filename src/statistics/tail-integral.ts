/** Steps of the trapezoidal rule on the scale of w; a tenth leaves an error below 1e-15. */
const step = 1 / 10;

/** Left of it the nodes lie so close to 0 that together they weigh less than 1e-20. */
const firstNode = -4;

/**
 * The integral of exp(-slope s - bend(s)) over s from 0 to infinity: the tail of a peaked, log-concave density, relative to its height at
 * the edge of the tail. Its cost does not depend on how narrow the peak is, so that it stands in for series and continued fractions where
 * those would need the more terms the larger the parameters are.
 *
 * Trapezoidal rule after s = scale exp(w - exp(-w)), the double exponential rule for integrands that decay exponentially (Takahasi and
 * Mori, 1974; Mori, 2005). Relative error below 1e-14 for a density that is near to exponential or normal, as those of the beta and gamma
 * family are from parameters of about 100 upward.
 *
 * @param slope at least 0.
 * @param curvature above 0: bend(s) is about curvature s^2 / 2 near 0.
 * @example tailIntegral(0, 1, (s) => (s * s) / 2); // sqrt(pi / 2) = 1.2533141373155003
 */
export function tailIntegral(slope: number, curvature: number, bend: (s: number) => number): number {
  // The integrand is about 1/e here, whichever of slope and curvature rules.
  const scale = 2 / (slope + Math.sqrt(slope * slope + 2 * curvature));
  let sum = 0;
  for (let node = firstNode; ; node += step) {
    const shrink = Math.exp(-node);
    const s = scale * Math.exp(node - shrink);
    const value = Math.exp(-slope * s - bend(s)) * s * (1 + shrink);
    sum += value;
    if (node > 0 && !(value > sum * 1e-20)) return sum * step;
  }
}
