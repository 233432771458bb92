/** JSON as it stands in the journal and in `jsonb` columns. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** What a model answered for one row. `classIndex` is the 0-based position in the version's class labels. */
export type Answer =
  | {
      readonly kind: 'classification';
      readonly classIndex: number;
      readonly label: string;
      /** Probability of `classIndex`, 0..1. */
      readonly confidence: number;
      /** One probability a class, in class order; sums to 1. */
      readonly probabilities: readonly number[];
    }
  | { readonly kind: 'regression'; readonly value: number }
  /** Nobody said what the outputs mean, so they were answered as they are; they are not recorded. */
  | { readonly kind: 'raw' };

/** The share of one prediction in one experiment: written once, where the unit was assigned. */
export interface ExperimentAssignment {
  readonly experiment: string;
  readonly variant: string;
  /** Probability, 0..1, with which this unit had been given this variant. */
  readonly propensity: number;
  /** The unit that was drawn, where the experiment tells units apart by an attribute; absent: the prediction's `unitId`. */
  readonly unit?: string;
  /** Absent: the unit was drawn. STICKY: it kept what it had been drawn before. */
  readonly reason?: 'STICKY';
  /** Of a bandit the phase that the variant was drawn in, from 0. Absent: 0. */
  readonly phase?: number;
}

export interface PredictionTiming {
  readonly queueMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
  /** Reading the answer from the outputs. Absent in what was recorded before it was measured. */
  readonly postprocessMs?: number;
  /** From the arrival of the request to its answer; this is the metric `latency_ms`. */
  readonly totalMs: number;
  /** Rows in the batch that this row was executed in. */
  readonly batchSize: number;
}

/** Scalars of one input that drift is measured on: a number, or a category. `null`: missing. */
export type InputFeatures = Readonly<Record<string, number | string | null>>;

export interface PredictionEvent {
  readonly type: 'prediction';
  /** UUIDv7 (or UUIDv7-shaped, from the idempotency key). */
  readonly id: string;
  readonly occurredAtMs: number;
  readonly model: string;
  readonly version: string;
  readonly unitId: string | null;
  readonly attributes: JsonObject | null;
  /** Only experiments that the unit is in; empty when none applied. */
  readonly assignments: readonly ExperimentAssignment[];
  readonly outcome:
    | { readonly status: 'succeeded'; readonly answer: Answer }
    | { readonly status: 'failed'; readonly code: string; readonly message: string };
  readonly inputFeatures: InputFeatures;
  readonly timing: PredictionTiming;
}

/** The truth about one prediction. A later label of the same prediction replaces the earlier (by `receivedAtMs`, then by the order in the journal). */
export interface LabelEvent {
  readonly type: 'label';
  /** Random UUIDv7, or derived from the idempotency key: the same id is counted once. */
  readonly id: string;
  readonly predictionId: string;
  readonly truth:
    | { readonly kind: 'class'; readonly classIndex: number }
    /** `classIndex`: the place of the label in the version's classes; absent where they were not known when it came. */
    | { readonly kind: 'label'; readonly label: string; readonly classIndex?: number }
    | { readonly kind: 'value'; readonly value: number };
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
}

/** One value of one metric, of a unit or of a prediction (exactly one of the two is set). */
export interface OutcomeEvent {
  readonly type: 'outcome';
  readonly id: string;
  readonly metric: string;
  readonly unitId: string | null;
  readonly predictionId: string | null;
  readonly value: number;
  /** Only for ratio metrics. */
  readonly denominator: number | null;
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
}

/**
 * What another variant's version made of an input that was answered already: nobody waited for it and nobody saw it. Appended after its prediction to
 * the same journal.
 */
export interface ShadowEvent {
  readonly type: 'shadow';
  readonly id: string;
  readonly occurredAtMs: number;
  /** The prediction that was answered; its input is the same. */
  readonly predictionId: string;
  readonly experiment: string;
  /** The variant that would have answered with `version`. */
  readonly variant: string;
  readonly model: string;
  readonly version: string;
  readonly outcome: PredictionEvent['outcome'];
  /** `totalMs` counts from when the row was sent on. */
  readonly timing: PredictionTiming;
}

export type Event = PredictionEvent | LabelEvent | OutcomeEvent | ShadowEvent;
