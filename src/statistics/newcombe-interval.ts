import { type Interval, type ProportionCounts, wilsonInterval } from './wilson-interval';

/**
 * Two-sided interval of treatment - control, two independent proportions, from their Wilson intervals (l, u): lower = d - sqrt((p_t - l_t)^2
 * + (u_c - p_c)^2), upper = d + sqrt((u_t - p_t)^2 + (p_c - l_c)^2). Stays in -1..1 and is honest at 0 and n successes, where the usual
 * p (1 - p) / n says 0 width. Source: Newcombe (1998), method 10. Absolute error below 1e-14. Independent trials only.
 *
 * @returns null when either arm has no trials.
 * @throws RangeError unless 0 <= successes <= trials are whole numbers and 0 < alpha < 1.
 * @example newcombeInterval({ successes: 60, trials: 100 }, { successes: 45, trials: 100 }, 0.05)?.upper; // -0.0117...
 */
export function newcombeInterval(control: ProportionCounts, treatment: ProportionCounts, alpha: number): Interval | null {
  const ofControl = wilsonInterval(control, alpha);
  const ofTreatment = wilsonInterval(treatment, alpha);
  if (ofControl === null || ofTreatment === null) return null;
  const c = control.successes / control.trials;
  const t = treatment.successes / treatment.trials;
  return {
    lower: t - c - Math.hypot(t - ofTreatment.lower, ofControl.upper - c),
    upper: t - c + Math.hypot(ofTreatment.upper - t, c - ofControl.lower),
  };
}
