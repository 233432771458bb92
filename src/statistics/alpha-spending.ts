import { normalQuantile, normalSurvival } from './normal-distribution';

/** How the error that a plan allows is spread over its looks. */
export type AlphaSpending =
  /** Nearly nothing early, almost a fixed-horizon test at the end. */
  | { readonly kind: 'obrien-fleming' }
  /** About the same at every look. */
  | { readonly kind: 'pocock' }
  /** alpha t^exponent: 1 is near Pocock, 3 near O'Brien-Fleming. */
  | { readonly kind: 'power'; readonly exponent: number };

/**
 * The share of alpha that may be spent until the information fraction t (what is observed over what is planned), 0 at 0 and alpha at 1:
 * O'Brien-Fleming type 2 sides (1 - Phi(z / sqrt t)) with 1 - Phi(z) = alpha / (2 sides), Pocock type alpha ln(1 + (e - 1) t), power family
 * alpha t^exponent. Sources: Lan, DeMets, Discrete sequential boundaries for clinical trials, Biometrika 70 (1983); Kim, DeMets, Biometrika 74
 * (1987) for the power family. Relative error below 1e-12.
 *
 * @param alpha of all sides together.
 * @throws RangeError unless 0 < alpha < 1, 0 <= t <= 1 and the exponent is above 0.
 * @example spentAlpha({ kind: 'power', exponent: 2 }, { alpha: 0.05, sides: 2, fraction: 0.5 }); // 0.0125
 */
export function spentAlpha(
  spending: AlphaSpending,
  { alpha, sides, fraction }: { readonly alpha: number; readonly sides: 1 | 2; readonly fraction: number },
): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`The information fraction must lie between 0 and 1, not ${fraction}.`);
  if (fraction === 0) return 0;
  // Exactly alpha, so that looks that spend everything leave nothing over.
  if (fraction === 1) return alpha;
  switch (spending.kind) {
    case 'obrien-fleming':
      // Beyond 40 deviations nothing is left that binary64 can hold.
      return Math.min(alpha, 2 * sides * normalSurvival(Math.min(40, -normalQuantile(alpha / (2 * sides)) / Math.sqrt(fraction))));
    case 'pocock':
      return Math.min(alpha, alpha * Math.log1p((Math.E - 1) * fraction));
    case 'power':
      if (!(spending.exponent > 0)) throw new RangeError(`The exponent must be above 0, not ${spending.exponent}.`);
      return alpha * fraction ** spending.exponent;
  }
}
