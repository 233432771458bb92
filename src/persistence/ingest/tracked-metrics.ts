import type { QueryRunner } from 'typeorm';
import { type ExperimentPlan, noCuped } from '../../experiments/experiment';
import { builtInMetrics, type Metric } from '../../experiments/metric';
import { queryRows } from '../query-rows';

/** Plans that were stored before there were segments, guardrails and covariates have none. */
type StoredPlan = Pick<ExperimentPlan, 'primaryMetric' | 'secondaryMetrics'> &
  Partial<Pick<ExperimentPlan, 'guardrails' | 'segments' | 'kind' | 'variants' | 'bandit'>> & {
    readonly analysis?: Partial<ExperimentPlan['analysis']>;
  };

export type TrackedMetric = Pick<Metric, 'key' | 'kind' | 'cap' | 'conversionWindowMs' | 'maturityMs'>;

interface Tracked {
  readonly startedAtMs: number | null;
  readonly metrics: readonly string[];
  readonly segments: readonly string[];
  readonly lookbackMs: number | null;
  readonly hasShadows: boolean;
  readonly scoredBy: string | null;
  readonly changesWeights: boolean;
}

const nothing: Tracked = Object.freeze({
  startedAtMs: null,
  metrics: [],
  segments: [],
  lookbackMs: null,
  hasShadows: false,
  scoredBy: null,
  changesWeights: false,
});

function trackedBy({ primaryMetric, secondaryMetrics, guardrails = [], ...plan }: StoredPlan, startedAt: string | null): Tracked {
  const { segments = [], analysis = {}, kind, variants = [], bandit = null } = plan;
  const metrics = new Set([primaryMetric, ...secondaryMetrics, ...guardrails.map(({ metric }) => metric)]);
  return {
    startedAtMs: startedAt === null ? null : Date.parse(startedAt),
    metrics: [...metrics],
    segments,
    lookbackMs: analysis.cuped ? (analysis.cupedLookbackMs ?? noCuped.cupedLookbackMs) : null,
    hasShadows: kind === 'SHADOW' || analysis.controlScore === true,
    scoredBy: analysis.controlScore ? (variants.find(({ isControl }) => isControl)?.key ?? null) : null,
    changesWeights: bandit !== null,
  };
}

/** Which metrics each experiment keeps sums of, its primary and secondary ones and those of its guardrails, and for which segments. Read once a transaction. */
export class TrackedMetrics {
  readonly #runner: QueryRunner;
  readonly #byExperiment = new Map<string, Tracked>();
  #metrics: ReadonlyMap<string, TrackedMetric> | null = null;

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  /** Makes `of` answer for these experiments. */
  async load(experiments: Iterable<string>): Promise<void> {
    const missing = [...new Set(experiments)].filter((key) => !this.#byExperiment.has(key));
    if (missing.length === 0) return;
    for (const key of missing) this.#byExperiment.set(key, nothing);
    const rows = await queryRows<{ key: string; plan: StoredPlan; startedAt: string | null }>(
      this.#runner,
      `SELECT key, plan, state->>'startedAt' AS "startedAt" FROM experiment WHERE key = ANY($1)`,
      [missing],
    );
    for (const { key, plan, startedAt } of rows) this.#byExperiment.set(key, trackedBy(plan, startedAt));
  }

  of(experiment: string): readonly string[] {
    return (this.#byExperiment.get(experiment) ?? nothing).metrics;
  }

  /** Null: not known. */
  startedAtMs(experiment: string): number | null {
    return (this.#byExperiment.get(experiment) ?? nothing).startedAtMs;
  }

  /** Attributes whose values are told apart. */
  segmentAttributes(experiment: string): readonly string[] {
    return (this.#byExperiment.get(experiment) ?? nothing).segments;
  }

  /** Whether other versions answer beside the one that is served. */
  hasShadows(experiment: string): boolean {
    return (this.#byExperiment.get(experiment) ?? nothing).hasShadows;
  }

  /** The control, when its own answers foretell those of every variant to the same inputs; null: they are not asked for. */
  scoredBy(experiment: string): string | null {
    return (this.#byExperiment.get(experiment) ?? nothing).scoredBy;
  }

  /** How long before a unit's first exposure its outcomes foretell what it does after; null: they are not looked at. */
  lookbackMs(experiment: string): number | null {
    return (this.#byExperiment.get(experiment) ?? nothing).lookbackMs;
  }

  /** Whether units have to be remembered for the variant they were given. */
  changesWeights(experiment: string): boolean {
    return (this.#byExperiment.get(experiment) ?? nothing).changesWeights;
  }

  /** Null: nobody defined it. */
  async metric(key: string): Promise<TrackedMetric | null> {
    if (this.#metrics === null) {
      const defined = await queryRows<TrackedMetric>(
        this.#runner,
        'SELECT key, kind, cap, conversion_window_ms AS "conversionWindowMs", maturity_ms AS "maturityMs" FROM metric',
      );
      this.#metrics = new Map([...builtInMetrics, ...defined].map((metric) => [metric.key, metric]));
    }
    return this.#metrics.get(key) ?? null;
  }
}
