import type { QueryRunner } from 'typeorm';
import type { ExperimentPlan } from '../../experiments/experiment';
import { builtInMetrics, type Metric } from '../../experiments/metric';
import { queryRows } from '../query-rows';

/** Plans that were stored before there were segments and guardrails have none. */
type StoredPlan = Pick<ExperimentPlan, 'primaryMetric' | 'secondaryMetrics'> & Partial<Pick<ExperimentPlan, 'guardrails' | 'segments'>>;

export type TrackedMetric = Pick<Metric, 'key' | 'kind' | 'cap' | 'conversionWindowMs' | 'maturityMs'>;

interface Tracked {
  readonly startedAtMs: number | null;
  readonly metrics: readonly string[];
  readonly segments: readonly string[];
}

const nothing: Tracked = Object.freeze({ startedAtMs: null, metrics: [], segments: [] });

function trackedBy({ primaryMetric, secondaryMetrics, guardrails = [], segments = [] }: StoredPlan, startedAt: string | null): Tracked {
  const metrics = new Set([primaryMetric, ...secondaryMetrics, ...guardrails.map(({ metric }) => metric)]);
  return { startedAtMs: startedAt === null ? null : Date.parse(startedAt), metrics: [...metrics], segments };
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
