import { sequentialCriticalValue } from './asymptotic-confidence-sequence';
import { normalCdf, normalQuantile, normalSurvival } from './normal-distribution';
import type { NormalPrior } from './posterior';

/** How the experiment will be read: once, always, or by whether the credible interval excludes 0. */
export type PlannedTest =
  | { readonly kind: 'FIXED_HORIZON' }
  | { readonly kind: 'ALWAYS_VALID'; readonly tuningSampleSize: number }
  | { readonly kind: 'BAYESIAN'; readonly prior: NormalPrior };

export interface PowerInput {
  /** The true lift, on the scale of the standard error and of the prior. */
  readonly effect: number;
  /** That the lift's estimate will have. */
  readonly standardError: number;
  /** Units in both arms by then; only an always-valid test asks. */
  readonly sampleSize: number;
  /** Two-sided; divide it by the number of comparisons when those will be corrected. */
  readonly alpha: number;
  readonly test: PlannedTest;
}

/**
 * Probability that the test calls a difference when the true lift is `effect`: P(|Z + effect / SE| > c), with c = z(1 - alpha / 2) at a
 * fixed horizon and c = `sequentialCriticalValue` for an always-valid test, whose earlier looks can only add to it. For a credible interval
 * with the prior N(m, t^2): c = z sqrt(1 + SE^2 / t^2), and m SE^2 / t^2 is added to the effect. Error below 1e-14.
 *
 * GrowthBook's `power.ts` (MIT) inflates the standard error of an always-valid test instead of raising c, its `midexperimentpower.py`
 * raises c; we follow the latter, which is the power of the test that is done.
 *
 * @throws RangeError when an argument is out of its range or not finite.
 * @example powerOf({ effect: 0.05, standardError: 0.02, sampleSize: 0, alpha: 0.05, test: { kind: 'FIXED_HORIZON' } }); // 0.7054...
 */
export function powerOf(input: PowerInput): number {
  requireInput(input);
  const { effect, standardError, test } = input;
  const z = effect / standardError;
  const critical = criticalValueOf(input);
  const shift = test.kind === 'BAYESIAN' ? (test.prior.mean * standardError) / test.prior.standardDeviation ** 2 : 0;
  return Math.min(1, normalSurvival(critical - shift - z) + normalCdf(-critical - shift - z));
}

function criticalValueOf({ standardError, sampleSize, alpha, test }: PowerInput): number {
  switch (test.kind) {
    case 'FIXED_HORIZON':
      return -normalQuantile(alpha / 2);
    case 'ALWAYS_VALID':
      return sequentialCriticalValue({ sampleSize, alpha, tuningSampleSize: test.tuningSampleSize });
    case 'BAYESIAN':
      return -normalQuantile(alpha / 2) * Math.hypot(1, standardError / test.prior.standardDeviation);
  }
}

function requireInput({ effect, standardError, alpha, test }: PowerInput): void {
  if (!Number.isFinite(effect)) throw new RangeError(`The effect must be a finite number, not ${effect}.`);
  if (!(standardError > 0 && Number.isFinite(standardError)))
    throw new RangeError(`The standard error must be above 0, not ${standardError}.`);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
  if (test.kind === 'BAYESIAN' && !(test.prior.standardDeviation > 0 && Number.isFinite(test.prior.mean))) {
    throw new RangeError('A prior needs a finite mean and a standard deviation above 0.');
  }
}
