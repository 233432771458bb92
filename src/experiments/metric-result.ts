import type { Clash } from './lift-evidence';

/** Below this many units in an arm the confidence sequence, which is asymptotic, promises nothing. */
export const leastUnits = 30;

export interface Interval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** Coverage at all looks together, for example 0.95. */
  readonly level: number;
}

export interface Contradiction extends Clash {
  /** When the later look was made. */
  readonly at: Date;
}

export interface VariantResult {
  readonly variant: string;
  readonly isControl: boolean;
  readonly units: number;
  /** Of a quantile metric, the estimate of the quantile: within 0.5% of that of the units' values. */
  readonly mean: number | null;
  readonly standardError: number | null;
  /** What the mean would be with the covariate's mean of all variants; the lifts are differences of these. Null: not adjusted. */
  readonly adjustedMean: number | null;
  /** Variant minus control, in the metric's own unit; null for the control and below the least number of units. */
  readonly absoluteLift: Interval | null;
  /** The same, as a share of the control's mean. */
  readonly relativeLift: Interval | null;
  /** Valid at every look. */
  readonly pValue: number | null;
  /** After Holm's correction over the treatment arms. */
  readonly adjustedPValue: number | null;
  readonly chanceToWin: number | null;
  readonly expectedLoss: number | null;
  readonly significant: boolean | null;
  /** Looks at this lift that exclude each other; then nothing is significant. */
  readonly contradictions: readonly Contradiction[];
}

/**
 * What units are adjusted by. PRE_EXPOSURE: what the same unit had of the metric before its first exposure. CONTROL_SCORE: what the control's version
 * would have had of it on the same inputs.
 */
export type CovariateSource = 'PRE_EXPOSURE' | 'CONTROL_SCORE';

/** How the lifts of a metric were adjusted. */
export interface CupedResult {
  /** Null: there is none for this metric. */
  readonly covariate: CovariateSource | null;
  /** Share of the variance that is gone, about the squared correlation; a little below 0 for a covariate that says nothing. Null: not applied. */
  readonly varianceRemoved: number | null;
  readonly applied: boolean;
  /** Why it was not applied; null when it was. */
  readonly reason: string | null;
}

export interface MetricResult {
  readonly metric: string;
  readonly role: 'PRIMARY' | 'SECONDARY' | 'GUARDRAIL';
  /** Null: the plan does not ask for it. */
  readonly cuped: CupedResult | null;
  readonly variants: readonly VariantResult[];
}
