/**
 * `proportion`: the share of exposed units with at least one outcome other than 0. `mean`: the mean over exposed units of the sum of
 * their outcomes (no outcome: 0). `count`: the mean number of outcomes over exposed units, whatever their values. `ratio`: sum of values / sum of
 * denominators, over units whose denominator is above 0.
 */
export type MetricKind = 'proportion' | 'mean' | 'count' | 'ratio';
export type MetricDirection = 'higher' | 'lower';

export interface Metric {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly kind: MetricKind;
  /** Which way is better. */
  readonly direction: MetricDirection;
  /** A unit's total counts no further than this (the numerator's, of a ratio): one customer shall not decide. Null: no limit. */
  readonly cap: number | null;
  /** For how long after a unit's first exposure its outcomes count, in milliseconds; null: always. */
  readonly conversionWindowMs: number | null;
  /** How long a unit must have been exposed before it counts at all: young ones have had no time for their outcomes. */
  readonly maturityMs: number;
  /** True for the metrics that serving itself measures; nobody sends outcomes for them. */
  readonly isBuiltIn: boolean;
}

/** Whether its values are 0 and 1. */
export function isShare({ key, kind }: Metric): boolean {
  return kind === 'proportion' || ['accuracy', 'error_rate', 'agreement'].includes(key);
}

const measured = { cap: null, conversionWindowMs: null, maturityMs: 0, isBuiltIn: true } as const;

/** Measured by serving itself: one observation a prediction, folded into its unit. */
export const builtInMetrics: readonly Metric[] = Object.freeze([
  {
    key: 'accuracy',
    name: 'Accuracy',
    description: 'Share of labelled predictions whose class equals the label.',
    kind: 'ratio',
    direction: 'higher',
    ...measured,
  },
  {
    key: 'error_rate',
    name: 'Error rate',
    description: 'Share of prediction requests that failed.',
    kind: 'ratio',
    direction: 'lower',
    ...measured,
  },
  {
    key: 'latency_ms',
    name: 'Latency',
    description: 'Mean time of a prediction from request to answer, in milliseconds.',
    kind: 'ratio',
    direction: 'lower',
    ...measured,
  },
  {
    key: 'confidence',
    name: 'Confidence',
    description: 'Mean probability that the model gave to the class it answered.',
    kind: 'ratio',
    direction: 'higher',
    ...measured,
  },
  {
    key: 'agreement',
    name: 'Agreement',
    description: 'Share of inputs on which a shadow answers the same class as the control. Only in a SHADOW.',
    kind: 'ratio',
    direction: 'higher',
    ...measured,
  },
]);

/** Port: the metrics that users defined (the built-in ones are not stored). */
export interface MetricStore {
  list(): Promise<readonly Metric[]>;
  /** @throws AppError CONFLICT when a metric with this key exists. */
  insert(metric: Metric): Promise<void>;
}
