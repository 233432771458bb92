import { oneSidedConfidenceSequence } from '../statistics/asymptotic-confidence-sequence';
import type { MomentMatrix } from '../statistics/moment-matrix';
import { normalQuantile } from '../statistics/normal-distribution';
import { pairedDifferenceLook } from '../statistics/paired-difference';
import { chanceToWin, expectedLoss } from '../statistics/posterior';
import { type ArmEstimate, ratioOfSums } from '../statistics/ratio-of-sums';
import { relativeInterval } from '../statistics/relative-interval';
import { welchTest } from '../statistics/welch-test';
import { leastSpread } from './arm-varies';
import type { Comparison, ComparisonOptions } from './compare-arms';
import type { AnalysisMethod } from './experiment';
import type { GuardrailResult } from './guardrail';
import { isShare, type Metric } from './metric';
import { leastUnits } from './metric-result';
import { pairedPositions } from './paired-sums';

/** What both versions made of the same inputs, over units. */
export interface PairedEstimates {
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
}

type Interval = (
  contrast: ArmEstimate,
  alpha: number,
) => { readonly lower: number; readonly upper: number; readonly pValue: number | null };

const intervals: Readonly<Record<AnalysisMethod, Interval>> = {
  ALWAYS_VALID: (contrast, alpha) => pairedDifferenceLook(contrast, { alpha }),
  FIXED_HORIZON: ({ mean, standardError, units }, alpha) =>
    welchTest({ lift: { estimate: mean, standardError }, degreesOfFreedom: units - 1, alpha }),
  BAYESIAN: ({ mean, standardError }, alpha) => {
    const halfWidth = -normalQuantile(alpha / 2) * standardError;
    return { lower: mean - halfWidth, upper: mean + halfWidth, pValue: null };
  },
};

/** A regression shall be found while few units have met it, as in `judgeGuardrails`. */
const tuningSampleSize = 500;

/** Null with fewer than two units that have pairs. */
export function pairedEstimates(moments: MomentMatrix): PairedEstimates | null {
  const control = combined(moments, { control: 1, treatment: 0 });
  const treatment = combined(moments, { control: 0, treatment: 1 });
  return control && treatment && { control, treatment };
}

/**
 * The treatment against the control on the same inputs: one sample of units, each with its sum of differences over its pairs. What both find hard or
 * easy falls out, which is why so few units tell. Null below the least units, or when both versions always had the same, unless the metric is a
 * share: then something is known of how rarely they can differ.
 */
export function comparePairs(moments: MomentMatrix, metric: Metric, options: Omit<ComparisonOptions, 'direction'>): Comparison | null {
  const { alpha, leastUnits: least, method } = options;
  const difference = pairedContrast(moments, metric, 1);
  if (!difference || moments.units < least || !differs(moments, difference)) return null;
  const estimates = pairedEstimates(moments);
  const { lower, upper, pValue } = intervals[method](difference, alpha);
  const relative =
    estimates && estimates.control.mean !== 0
      ? relativeInterval({
          base: estimates.control.mean,
          difference: difference.mean,
          intervalAt: (share) => intervals[method](pairedContrast(moments, metric, 1 + share) ?? difference, alpha),
        })
      : null;
  const isBounded = relative !== null && Number.isFinite(relative.lower) && Number.isFinite(relative.upper);
  const { mean: estimate, standardError } = difference;
  const gain = { estimate: metric.direction === 'higher' ? estimate : -estimate, standardError };
  return {
    absoluteLift: { estimate, lower, upper, level: 1 - alpha },
    relativeLift: isBounded ? { ...relative, level: 1 - alpha } : null,
    pValue,
    chanceToWin: chanceToWin(gain),
    expectedLoss: expectedLoss(gain),
  };
}

/** One guardrail on pairs: `excessHarm` as one contrast of what both versions made of each input. Null while nothing can be said. */
export function pairedHarm(
  moments: MomentMatrix,
  metric: Metric,
  maxRelativeHarm: number,
  alpha: number,
): Pick<GuardrailResult, 'state' | 'excessHarm' | 'pValue'> | null {
  const direction = metric.direction === 'higher' ? -1 : 1;
  const sign = moments.sumOfProducts(pairedPositions.control, 0) < 0 ? -1 : 1;
  const contrast = pairedContrast(moments, metric, 1 + direction * sign * maxRelativeHarm);
  if (!contrast || moments.units < leastUnits || !differs(moments, contrast)) return null;
  const estimate = direction * contrast.mean;
  const look = { estimate, standardError: contrast.standardError, sampleSize: moments.units, alpha, tuningSampleSize };
  const { lower, pValue } = oneSidedConfidenceSequence({ ...look, alternative: 'GREATER' });
  const { upper } = oneSidedConfidenceSequence({ ...look, alternative: 'LESS' });
  return {
    state: lower > 0 ? 'CROSSED' : upper < 0 ? 'CLEARED' : 'HOLDING',
    excessHarm: { estimate, lower, upper, level: 1 - alpha },
    pValue,
  };
}

/** Mean of treatment - factor * control over the pairs; null with fewer than two units that have pairs. */
export function pairedContrast(moments: MomentMatrix, metric: Metric, factor: number): ArmEstimate | null {
  const contrast = combined(moments, { control: -factor, treatment: 1 });
  return contrast && isShare(metric) ? withLeastSpread(contrast) : contrast;
}

/** By more than the rounding of the sums that it is the difference of. */
function differs(moments: MomentMatrix, { standardError, units }: ArmEstimate): boolean {
  const { pairs, control, treatment } = pairedPositions;
  const [n, c, t] = [pairs, control, treatment].map((position) => moments.sumOfProducts(position, 0)) as [number, number, number];
  return standardError * Math.sqrt(units) > leastSpread * Math.max(Math.abs(c / n), Math.abs(t / n));
}

/** Of n units that never differed from each other one in n + 2 may yet (one pseudo-observation of each kind, as `withLeastSpread` of arms has them). */
function withLeastSpread(contrast: ArmEstimate): ArmEstimate {
  const share = 1 / (contrast.units + 2);
  return { ...contrast, standardError: Math.max(contrast.standardError, Math.sqrt((share * (1 - share)) / contrast.units)) };
}

/** A weighted sum of both values as one ratio to the pairs. */
function combined(moments: MomentMatrix, weight: { readonly control: number; readonly treatment: number }): ArmEstimate | null {
  const { pairs, control, treatment } = pairedPositions;
  const sum = (position: number) =>
    weight.control * moments.sumOfProducts(control, position) + weight.treatment * moments.sumOfProducts(treatment, position);
  return ratioOfSums({
    units: moments.units,
    numerator: sum(0),
    denominator: moments.sumOfProducts(pairs, 0),
    numeratorSquared: weight.control * sum(control) + weight.treatment * sum(treatment),
    denominatorSquared: moments.sumOfProducts(pairs, pairs),
    product: sum(pairs),
  });
}
