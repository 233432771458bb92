import type { Interval } from './metric-result';

/** What must not get worse, whatever the primary metric does. */
export interface Guardrail {
  readonly metric: string;
  /** How much worse than the control a variant may be, as a share of the control's mean. */
  readonly maxRelativeHarm: number;
  /** STOP: the experiment is stopped by itself, and the champion serves. WARN: it is only said. */
  readonly action: 'STOP' | 'WARN';
}

/** HOLDING: not worse than tolerated, as far as can be told. CROSSED: worse, and this is certain at every look. UNKNOWN: too few units. */
export type GuardrailState = 'HOLDING' | 'CROSSED' | 'UNKNOWN';

/** One guardrail of one treatment. */
export interface GuardrailResult extends Guardrail {
  readonly variant: string;
  readonly state: GuardrailState;
  /**
   * How much worse than tolerated, in the metric's own unit, with what it is at least, at all looks together; null: too few units. CROSSED
   * when the lower end is above 0. There is no upper end: the test is one-sided.
   */
  readonly excessHarm: Pick<Interval, 'estimate' | 'lower' | 'level'> | null;
  readonly pValue: number | null;
}
