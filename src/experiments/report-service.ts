import { AppError } from '../errors';
import type { Experiment } from './experiment';
import type { ExperimentStore } from './experiment-store';
import { type FormProblem, problem, refuseIfAny } from './form-error';
import { type InteractionReport, interactionReport } from './interaction-report';
import type { LoggedUnitStore } from './logged-units';
import type { Metric } from './metric';
import type { MetricCatalog } from './metric-catalog';
import { type OffPolicyReport, offPolicyReport } from './off-policy-report';
import type { SharedUnitStore } from './shared-units';

export interface OffPolicyQuestion {
  readonly experiment: string;
  readonly policy: readonly { readonly variant: string; readonly weight: number }[];
  /** Null: the primary one. */
  readonly metric: string | null;
}

export interface InteractionQuestion {
  readonly first: string;
  readonly second: string;
  readonly metric: string;
}

export interface ReportServiceOptions {
  readonly experiments: Pick<ExperimentStore, 'find'>;
  readonly metrics: Pick<MetricCatalog, 'find'>;
  readonly logged: LoggedUnitStore;
  readonly shared: SharedUnitStore;
  readonly now: () => Date;
}

/** Weights that were written down with six digits still sum to 1. */
const sumTolerance = 1e-6;

/** Reports that read the units of an experiment, one by one: on demand, not live. */
export class ReportService {
  readonly #options: ReportServiceOptions;

  constructor(options: ReportServiceOptions) {
    this.#options = options;
  }

  /**
   * What the metric would have been under other weights.
   * @throws FormError for a policy that is none; AppError EXPERIMENT_NOT_FOUND, METRIC_NOT_FOUND, BAD_USER_INPUT for a metric that the experiment does not
   * watch, INVALID_STATE when a variant of the policy has no units yet, and what the store throws.
   */
  async offPolicy({ experiment: key, policy, metric: metricKey }: OffPolicyQuestion): Promise<OffPolicyReport> {
    const { logged, now } = this.#options;
    const experiment = await this.#experiment(key);
    refuseIfAny(policyProblems(experiment, policy));
    const metric = await this.#metric(metricKey ?? experiment.primaryMetric, [experiment]);
    const asOf = now();
    const units = await logged.read({ experiment: key, metric: metric.key, ...readingOf(metric, asOf) });
    const wanted = policy.filter(({ weight }) => weight > 0).map(({ variant }) => variant);
    const missing = wanted.find(
      (variant) => !units.groups.some((group) => group.variant === variant && (group.propensity ?? 0) > 0 && group.sums.units > 0),
    );
    if (missing !== undefined) throw noUnits(key, missing, metric);
    const { alpha } = experiment.analysis;
    const shares = new Map(policy.map(({ variant, weight }) => [variant, weight]));
    return offPolicyReport({ experiment: key, metric, alpha, asOf, logged: units, policy: shares });
  }

  /**
   * Whether the effect of one experiment depends on the other, for the units in both.
   * @throws AppError as `offPolicy`; BAD_USER_INPUT for an experiment and itself, INVALID_STATE when the two share no units.
   */
  async interaction({ first: firstKey, second: secondKey, metric: metricKey }: InteractionQuestion): Promise<InteractionReport> {
    if (firstKey === secondKey) throw new AppError('BAD_USER_INPUT', `"${firstKey}" is named twice; name two experiments.`);
    const [first, second] = [await this.#experiment(firstKey), await this.#experiment(secondKey)];
    const metric = await this.#metric(metricKey, [first, second]);
    const { key: totalsOf } = watches(first, metric.key) ? first : second;
    const asOf = this.#options.now();
    const request = { first: firstKey, second: secondKey, metric: metric.key, totalsOf, ...readingOf(metric, asOf) };
    const shared = await this.#options.shared.read(request);
    if (shared.cells.every(({ units }) => units === 0)) {
      throw new AppError(
        'INVALID_STATE',
        `Experiments "${firstKey}" and "${secondKey}" share no units, so neither can change what the other shows. Units are shared where both get the same unitId.`,
      );
    }
    return interactionReport({ first, second, metric: metric.key, totalsOf, alpha: first.analysis.alpha, asOf, shared });
  }

  async #experiment(key: string): Promise<Experiment> {
    const experiment = await this.#options.experiments.find(key);
    if (experiment) return experiment;
    throw new AppError('EXPERIMENT_NOT_FOUND', `There is no experiment "${key}".`);
  }

  async #metric(key: string, experiments: readonly Experiment[]): Promise<Metric> {
    const metric = await this.#options.metrics.find(key);
    if (!metric) throw new AppError('METRIC_NOT_FOUND', `There is no metric "${key}".`);
    if (experiments.some((experiment) => watches(experiment, key))) return metric;
    const known = [...new Set(experiments.flatMap(watchedBy))].join(', ');
    throw new AppError('BAD_USER_INPUT', `Metric "${key}" is not watched here, so its totals are not kept by unit; watched: ${known}.`);
  }
}

function readingOf({ kind, cap, maturityMs }: Metric, asOf: Date) {
  return { isRatio: kind === 'ratio', cap, exposedBefore: maturityMs > 0 ? new Date(asOf.getTime() - maturityMs) : null };
}

function watchedBy({ primaryMetric, secondaryMetrics, guardrails }: Experiment): readonly string[] {
  return [primaryMetric, ...secondaryMetrics, ...guardrails.map(({ metric }) => metric)];
}

function watches(experiment: Experiment, metric: string): boolean {
  return watchedBy(experiment).includes(metric);
}

function noUnits(key: string, variant: string, { name }: Metric): AppError {
  return new AppError(
    'INVALID_STATE',
    `Variant "${variant}" of experiment "${key}" has no units with ${name.toLowerCase()} and a known propensity, so nothing tells what it would do. Give it the weight 0, or wait.`,
  );
}

function policyProblems({ variants }: Experiment, policy: OffPolicyQuestion['policy']): FormProblem[] {
  const problems = policy.flatMap(({ variant: key, weight }, index) => {
    const variant = variants.find((one) => one.key === key);
    const at = (field: string, message: string) => [problem(['policy', index, field], message)];
    if (!variant) return at('variant', `There is no variant "${key}"; variants: ${variants.map((one) => one.key).join(', ')}.`);
    if (policy.findIndex((one) => one.variant === key) < index) return at('variant', `Variant "${key}" is named twice.`);
    if (!(weight >= 0 && weight <= 1)) return at('weight', `A weight must lie between 0 and 1, not at ${weight}.`);
    if (weight > 0 && variant.weight === 0)
      return at(
        'weight',
        `Variant "${key}" has the propensity 0: no unit ever gets it, so nothing tells what it would do. Give it the weight 0.`,
      );
    return [];
  });
  const sum = policy.reduce((total, { weight }) => total + weight, 0);
  if (problems.length === 0 && !(Math.abs(sum - 1) <= sumTolerance))
    problems.push(problem(['policy'], `The weights must add up to 1, not to ${sum}.`));
  return problems;
}
