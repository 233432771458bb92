import { normalSurvival } from './normal-distribution';
import type { Alternative } from './welch-test';
import { type ProportionCounts, requireProportion } from './wilson-interval';

export interface TwoProportionTest {
  /** treatment - control, a share. */
  readonly difference: number;
  /** z with the pooled variance; its square is Pearson's chi-square without correction. 0 when the pooled share is 0 or 1. */
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * Do two independent proportions differ? z = (p_t - p_c) / sqrt(p (1 - p) (1/n_c + 1/n_t)), p the share of both together. Right for
 * requests that are independent of each other (a guardrail on a canary's errors); units with many predictions need `ratioOfSums`. The
 * approximation needs about five expected successes and failures in each arm. Relative error of p below 1e-11 to 37 sigma.
 *
 * @returns null when either arm has no trials.
 * @throws RangeError unless 0 <= successes <= trials are whole numbers.
 * @example twoProportionTest({ successes: 45, trials: 100 }, { successes: 60, trials: 100 })?.pValue; // 0.0336...
 */
export function twoProportionTest(
  control: ProportionCounts,
  treatment: ProportionCounts,
  alternative: Alternative = 'TWO_SIDED',
): TwoProportionTest | null {
  requireProportion(control);
  requireProportion(treatment);
  if (control.trials === 0 || treatment.trials === 0) return null;
  const difference = treatment.successes / treatment.trials - control.successes / control.trials;
  const trials = control.trials + treatment.trials;
  const successes = control.successes + treatment.successes;
  const variance = (successes / trials) * ((trials - successes) / trials) * (1 / control.trials + 1 / treatment.trials);
  const statistic = variance === 0 ? 0 : difference / Math.sqrt(variance);
  const pValue = {
    TWO_SIDED: Math.min(1, 2 * normalSurvival(Math.abs(statistic))),
    GREATER: normalSurvival(statistic),
    LESS: normalSurvival(-statistic),
  }[alternative];
  return { difference, statistic, pValue };
}
