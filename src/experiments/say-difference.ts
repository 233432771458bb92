import type { Metric } from './metric';
import type { VariantResult } from './metric-result';
import { percent, show } from './say-number';

/** What a variant has, and how it differs from the control, in a sentence. */
export function describe(metric: Metric, { variant, mean, adjustedMean, absoluteLift, units }: VariantResult): string {
  if (!absoluteLift || mean === null) return `${metric.name} of ${variant} is not known yet.`;
  const { estimate, lower, upper, level } = absoluteLift;
  const sign = estimate > 0 ? '+' : '';
  const value = adjustedMean === null ? show(mean) : `${show(adjustedMean)} after its adjustment (cuped says by what)`;
  const isOutside = estimate < lower || estimate > upper;
  const outside = isOutside ? '; the estimate of now lies outside, for earlier looks have left no more' : '';
  return `${metric.name} of ${variant} is ${value}, ${sign}${show(estimate)} against the control (${percent(level)} interval ${show(lower)} to ${show(upper)}${outside}; ${units} units).`;
}
