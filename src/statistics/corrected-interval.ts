import { normalQuantile } from './normal-distribution';

export interface CorrectableInterval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** The interval is of level 1 - alpha. */
  readonly alpha: number;
  /** Of `holmAdjust` and the like. */
  readonly adjustedPValue: number;
}

/**
 * An interval that agrees with a p-value corrected for many comparisons: the standard error that a normal test with that p would have had,
 * |estimate| / z(1 - p / 2), times z(1 - alpha / 2), around the estimate; never narrower than the interval itself. It excludes 0 only when
 * the adjusted p is below alpha. For display beside a verdict; no coverage over all intervals is claimed, as Bonferroni's at alpha / m have
 * it. Source: GrowthBook's `experiments.ts` (MIT).
 *
 * @returns bounds of -Infinity and Infinity at an adjusted p of 1, unless the estimate is 0.
 * @throws RangeError when alpha or p is out of its range, or the interval does not contain the estimate.
 * @example correctedInterval({ estimate: 0.08, lower: 0.02, upper: 0.14, alpha: 0.05, adjustedPValue: 0.03 }).lower; // 0.0077...
 */
export function correctedInterval(interval: CorrectableInterval): { readonly lower: number; readonly upper: number } {
  requireInterval(interval);
  const { estimate, lower, upper, alpha, adjustedPValue } = interval;
  const halfWidth = estimate === 0 ? 0 : normalQuantile(alpha / 2) * (Math.abs(estimate) / normalQuantile(adjustedPValue / 2));
  const reach = Math.abs(halfWidth);
  return { lower: Math.min(lower, estimate - reach), upper: Math.max(upper, estimate + reach) };
}

function requireInterval({ estimate, lower, upper, alpha, adjustedPValue }: CorrectableInterval): void {
  if (!Number.isFinite(estimate) || !(lower <= estimate && estimate <= upper)) {
    throw new RangeError(`The interval from ${lower} to ${upper} must contain the estimate, not ${estimate} outside it.`);
  }
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (!(adjustedPValue >= 0 && adjustedPValue <= 1)) throw new RangeError(`A p-value must lie between 0 and 1, not ${adjustedPValue}.`);
}
