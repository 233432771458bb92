import { holmAdjust } from '../statistics/holm-correction';
import type { Comparison } from './compare-arms';
import type { AnalysisPlan, Variant } from './experiment';
import type { LookRow } from './look-store';
import type { CupedResult, MetricResult, VariantResult } from './metric-result';
import { runningComparison } from './running-comparison';

/** What an arm has of a metric, and how it compares with the control at this look. */
export interface ComparedArm {
  readonly variant: Variant;
  readonly units: number;
  readonly mean: number | null;
  readonly standardError: number | null;
  readonly adjustedMean: number | null;
  /** Null for the control, and while nothing can be said. */
  readonly present: Comparison | null;
  readonly unitsInSmallestArm: number;
}

export interface Judging {
  readonly analysis: AnalysisPlan;
  /** What the stored looks have said of this metric. */
  readonly evidence: readonly Pick<LookRow, 'variant' | 'evidence'>[];
  readonly now: Date;
}

/** What all arms have to do with one metric, whichever way they are compared. */
export interface ComparedMetric {
  readonly metric: string;
  readonly role: MetricResult['role'];
  readonly cuped: CupedResult | null;
  readonly arms: readonly ComparedArm[];
}

/** A metric's result: each arm with what this look and the stored ones say of its lift, corrected for the number of treatments. */
export function metricResult({ metric, role, cuped, arms }: ComparedMetric, { analysis, evidence, now }: Judging): MetricResult {
  const judged = arms.map(({ present, unitsInSmallestArm, ...arm }) => {
    const stored = evidence.find(({ variant }) => variant === arm.variant.key)?.evidence ?? null;
    return { ...arm, ...runningComparison(present, stored, { now, unitsInSmallestArm }) };
  });
  // The family is every treatment from the first look on: one that cannot be compared yet counts as not significant.
  const treatments = judged.filter(({ variant }) => !variant.isControl);
  const adjusted = holmAdjust(treatments.map(({ comparison }) => comparison?.pValue ?? 1));
  const variants = judged.map(({ variant, comparison, contradictions, ...own }): VariantResult => {
    const place = treatments.findIndex((one) => one.variant === variant);
    const adjustedPValue = comparison && comparison.pValue !== null ? (adjusted[place] ?? null) : null;
    const isContradicted = contradictions.some(({ scale }) => scale === 'ABSOLUTE');
    const isJudged = comparison && !isContradicted && isReached(analysis, arms);
    return {
      ...own,
      variant: variant.key,
      isControl: variant.isControl,
      absoluteLift: comparison?.absoluteLift ?? null,
      relativeLift: comparison?.relativeLift ?? null,
      pValue: comparison?.pValue ?? null,
      adjustedPValue,
      chanceToWin: comparison?.chanceToWin ?? null,
      expectedLoss: comparison?.expectedLoss ?? null,
      significant: isJudged ? isSignificant(comparison, adjustedPValue, analysis.alpha) : null,
      contradictions,
    };
  });
  return { metric, role, cuped, variants };
}

/** Before its planned number of units a test with one look has not taken place. An arm that gets no units has none to wait for. */
function isReached(analysis: AnalysisPlan, arms: readonly ComparedArm[]): boolean {
  if (analysis.method !== 'FIXED_HORIZON') return true;
  return arms.every(
    ({ variant, units }) => (variant.weight === 0 && !variant.isControl && units === 0) || units >= analysis.plannedUnitsPerVariant,
  );
}

/** Where there is no p-value, the interval says it. */
function isSignificant({ absoluteLift }: Comparison, adjustedPValue: number | null, alpha: number): boolean {
  return adjustedPValue === null ? absoluteLift.lower > 0 || absoluteLift.upper < 0 : adjustedPValue <= alpha;
}
