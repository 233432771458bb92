import type { Interval } from './metric-result';

/** What must not get worse, whatever the primary metric does. */
export interface Guardrail {
  readonly metric: string;
  /** How much worse than the control a variant may be, as a share of the control's mean. */
  readonly maxRelativeHarm: number;
  /** STOP: the experiment is stopped by itself, and the champion serves. WARN: it is only said. */
  readonly action: 'STOP' | 'WARN';
}

/**
 * CROSSED: worse than tolerated. CLEARED: not worse than tolerated. Both hold at every look. HOLDING: neither is certain yet. UNKNOWN: too few units.
 */
export type GuardrailState = 'CROSSED' | 'CLEARED' | 'HOLDING' | 'UNKNOWN';

/** One guardrail of one treatment. */
export interface GuardrailResult extends Guardrail {
  readonly variant: string;
  readonly state: GuardrailState;
  /**
   * How much worse than tolerated, in the metric's own unit; null: too few units (a quantile may be CROSSED or CLEARED before both ends are known). CROSSED when the lower end is above 0, CLEARED when the upper end is
   * below. Each end holds by itself with probability `level`, at all looks together: the tests are one-sided.
   */
  readonly excessHarm: Interval | null;
  /** Of "not worse than tolerated". */
  readonly pValue: number | null;
}

/** Who stops an experiment at a guardrail, in its history. */
export const guardrailActor = 'guardrail';
