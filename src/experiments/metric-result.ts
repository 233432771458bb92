/** Below this many units in an arm the confidence sequence, which is asymptotic, promises nothing. */
export const leastUnits = 30;

export interface Interval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** Coverage at all looks together, for example 0.95. */
  readonly level: number;
}

export interface VariantResult {
  readonly variant: string;
  readonly isControl: boolean;
  readonly units: number;
  /** Of a quantile metric, the estimate of the quantile: within 0.5% of that of the units' values. */
  readonly mean: number | null;
  readonly standardError: number | null;
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
}

export interface MetricResult {
  readonly metric: string;
  readonly role: 'PRIMARY' | 'SECONDARY' | 'GUARDRAIL';
  readonly variants: readonly VariantResult[];
}
