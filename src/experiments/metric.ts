/**
 * `proportion`: the share of exposed units with at least one outcome other than 0. `mean`: the mean over exposed units of the sum of
 * their outcomes (no outcome: 0). `count`: the mean number of outcomes over exposed units, whatever their values. `ratio`: sum of values / sum of
 * denominators, over units whose denominator is above 0. `quantile`: a quantile over units of the sum of their outcomes; no outcome: not counted.
 */
export type MetricKind = 'proportion' | 'mean' | 'count' | 'ratio' | 'quantile';
export type MetricDirection = 'higher' | 'lower';

export interface Metric {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly kind: MetricKind;
  /** Which one, between 0 and 1: 0.95 for p95. Null for every other kind. */
  readonly quantile: number | null;
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

const measured = { quantile: null, cap: null, conversionWindowMs: null, maturityMs: 0, isBuiltIn: true } as const;

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
  {
    key: 'log_loss',
    name: 'Log loss',
    description:
      'Mean of -ln of the probability that the model gave to the class that proved true, over labelled predictions; a probability below 1e-15 counts as 1e-15.',
    kind: 'ratio',
    direction: 'lower',
    ...measured,
  },
  {
    key: 'brier_score',
    name: 'Brier score',
    description:
      'Mean over labelled predictions of the sum, over classes, of (probability - truth)^2: 0 for a sure and right answer, 2 for a sure and wrong one.',
    kind: 'ratio',
    direction: 'lower',
    ...measured,
  },
  {
    key: 'compute_ms',
    name: 'Compute time',
    description:
      'Mean time in the model, in milliseconds: the time of the batch divided by its rows. What an answer costs; 0 from the cache.',
    kind: 'ratio',
    direction: 'lower',
    ...measured,
  },
  latencyQuantile('latency_p50_ms', 0.5),
  latencyQuantile('latency_p95_ms', 0.95),
  latencyQuantile('latency_p99_ms', 0.99),
]);

/** Predictions of one unit are not independent of each other, which a quantile cannot be corrected for; units are. */
function latencyQuantile(key: string, quantile: number): Metric {
  const percentile = `p${Number((100 * quantile).toPrecision(6))}`;
  return {
    ...measured,
    key,
    name: `Latency ${percentile}`,
    description: `The ${percentile} over units of one latency each, in milliseconds: that of the unit's first prediction in the experiment that succeeded. Not the ${percentile} of all predictions.`,
    kind: 'quantile',
    quantile,
    direction: 'lower',
  };
}

/** Port: the metrics that users defined (the built-in ones are not stored). */
export interface MetricStore {
  list(): Promise<readonly Metric[]>;
  /** @throws AppError CONFLICT when a metric with this key exists. */
  insert(metric: Metric): Promise<void>;
}
