/**
 * `proportion`: the share of exposed units with at least one outcome other than 0. `mean`: the mean over exposed units of the sum of
 * their outcomes (no outcome: 0). `ratio`: sum of numerators / sum of denominators, over units whose denominator is above 0.
 */
export type MetricKind = 'proportion' | 'mean' | 'ratio';
export type MetricDirection = 'higher' | 'lower';

export interface Metric {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly kind: MetricKind;
  /** Which way is better. */
  readonly direction: MetricDirection;
  /** True for the metrics that serving itself measures; nobody sends outcomes for them. */
  readonly isBuiltIn: boolean;
}

/** Measured by serving itself: one observation a prediction, folded into its unit. */
export const builtInMetrics: readonly Metric[] = Object.freeze([
  {
    key: 'accuracy',
    name: 'Accuracy',
    description: 'Share of labelled predictions whose class equals the label.',
    kind: 'ratio',
    direction: 'higher',
    isBuiltIn: true,
  },
  {
    key: 'error_rate',
    name: 'Error rate',
    description: 'Share of prediction requests that failed.',
    kind: 'ratio',
    direction: 'lower',
    isBuiltIn: true,
  },
  {
    key: 'latency_ms',
    name: 'Latency',
    description: 'Mean time of a prediction from request to answer, in milliseconds.',
    kind: 'ratio',
    direction: 'lower',
    isBuiltIn: true,
  },
  {
    key: 'confidence',
    name: 'Confidence',
    description: 'Mean probability that the model gave to the class it answered.',
    kind: 'ratio',
    direction: 'higher',
    isBuiltIn: true,
  },
]);

/** Port: the metrics that users defined (the built-in ones are not stored). */
export interface MetricStore {
  list(): Promise<readonly Metric[]>;
  /** @throws AppError CONFLICT when a metric with this key exists. */
  insert(metric: Metric): Promise<void>;
}
