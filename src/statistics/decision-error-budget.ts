export interface DecisionPlan {
  /** Of the decision: it ships a treatment without any of the effects hoped for with at most this probability. */
  readonly alpha: number;
  /** Of the decision: a treatment that helps and harms nothing is shipped with at least this probability. */
  readonly power: number;
  /** Comparisons that shall show an improvement, each metric of each treatment (and segment) one; one success is enough. */
  readonly successTests: number;
  /** Metrics that shall show non-inferiority; every one must, in the treatment that is shipped. */
  readonly guardrailTests: number;
}

export interface ErrorBudget {
  /** For each test, success and guardrail alike. */
  readonly alpha: number;
  /** That each test must be sized for. */
  readonly power: number;
}

/**
 * How the error rates of a decision "ship when one success metric improves and no guardrail is inferior" are shared by its tests. One of S
 * successes is enough, so alpha is divided by S; guardrails must all hold, so they need no share of it (a decision in which all must hold
 * errs only if all do), but their misses add up: 1 - power is divided by their number, plus one for the successes if there are any. Source:
 * Schultzberg, Ankargren, Franberg, Risk-aware product decisions in A/B tests with multiple metrics, arXiv 2402.11609.
 *
 * @throws RangeError when a rate is not between 0 and 1, a number is not a whole number of at least 0, or there are no tests.
 * @example decisionErrorBudget({ alpha: 0.05, power: 0.8, successTests: 2, guardrailTests: 3 }); // { alpha: 0.025, power: 0.95 }
 */
export function decisionErrorBudget({ alpha, power, successTests, guardrailTests }: DecisionPlan): ErrorBudget {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (!(power > 0 && power < 1)) throw new RangeError(`The power must lie between 0 and 1, not ${power}.`);
  if (![successTests, guardrailTests].every((count) => Number.isInteger(count) && count >= 0) || successTests + guardrailTests === 0) {
    throw new RangeError('There must be at least one test, and whole numbers of them.');
  }
  const missesToShare = guardrailTests + (successTests > 0 ? 1 : 0);
  return { alpha: alpha / Math.max(1, successTests), power: 1 - (1 - power) / missesToShare };
}
