import type { Logger } from '../events/logger';
import type { Experiment } from './experiment';
import type { ExperimentResults } from './experiment-results';
import { foldLift, noLiftEvidence } from './lift-evidence';
import { type LookStage, lookStages, looksDue } from './look-plan';
import type { ExperimentLook, LookRow, LookStore } from './look-store';
import type { Metric } from './metric';
import type { MetricResult, VariantResult } from './metric-result';
import { isSettled } from './settled-metric';
import { SparseLog } from './sparse-log';

/** Results of all units by themselves, without what earlier looks have said, and the metrics that they are about. */
export interface SingleLook {
  readonly results: ExperimentResults;
  readonly metrics: readonly Metric[];
}

export interface LookRecorderOptions {
  /** The experiments that run, from memory: asked again and again. */
  readonly running: () => readonly Experiment[];
  readonly lookAt: (experiment: Experiment) => Promise<SingleLook>;
  readonly looks: LookStore;
  readonly now: () => Date;
  readonly logger: Logger;
  /** Looks at equal distances instead of the usual schedule. */
  readonly lookEveryMs?: number;
}

/**
 * Stores what experiments show, at times that are fixed when they start: what is kept then depends neither on who watches nor on when. A look that nobody could make is a gap. One that leaves RUNNING, by a pause too, is looked at once more, in place of the look that
 * would have been due next. Any number of replicas may record: one of them stores each look.
 */
export class LookRecorder {
  readonly #failures = new SparseLog();
  readonly #options: LookRecorderOptions;
  readonly #stages: readonly LookStage[];
  /** Those seen running whose last look has not been made. */
  readonly #open = new Map<string, Experiment>();
  /** The newest look that is stored for certain, so that nothing is read while none is due. */
  readonly #stored = new Map<string, number>();

  constructor(options: LookRecorderOptions) {
    this.#options = options;
    const { lookEveryMs } = options;
    this.#stages = lookEveryMs === undefined ? lookStages : [{ untilMs: Number.POSITIVE_INFINITY, everyMs: lookEveryMs }];
  }

  /** Stores the looks that are due. What fails is told, and tried again at the next turn. */
  async record(): Promise<void> {
    const running = new Set<string>();
    for (const experiment of this.#options.running()) {
      running.add(experiment.key);
      this.#open.set(experiment.key, experiment);
    }
    for (const [key, experiment] of [...this.#open]) {
      const isRunning = running.has(key);
      try {
        const isStored = await this.#store(experiment, this.#due(experiment) + (isRunning ? 0 : 1));
        if (!isRunning && isStored) this.#forget(key);
        this.#failures.over(key);
      } catch (error) {
        const { logger, now } = this.#options;
        if (this.#failures.isDue(key, now().getTime())) logger.warn('look_failed', { experiment: key, error });
      }
    }
  }

  #due(experiment: Experiment): number {
    if (experiment.status === 'DRAFT') return 0;
    return looksDue(experiment.startedAt.getTime(), this.#options.now().getTime(), this.#stages);
  }

  /** @returns false when another replica has just stored one from which this one must be folded first. */
  async #store(experiment: Experiment, number: number): Promise<boolean> {
    const { key } = experiment;
    if (number <= (this.#stored.get(key) ?? 0)) return true;
    const { looks, lookAt } = this.#options;
    const before = await looks.newest(key);
    const newest = before?.number ?? 0;
    if (newest < number) {
      const look = toLook(experiment, number, await lookAt(experiment), before);
      if (!(await looks.append(look, newest))) return false;
    }
    this.#stored.set(key, Math.max(newest, number));
    return true;
  }

  #forget(key: string): void {
    this.#open.delete(key);
    this.#stored.delete(key);
  }
}

function toLook(experiment: Experiment, number: number, { results, metrics }: SingleLook, before: ExperimentLook | null): ExperimentLook {
  const at = results.asOf;
  const rows = results.metrics.flatMap((result) => {
    const metric = metrics.find(({ key }) => key === result.metric);
    const isTakenTogether = experiment.analysis.method === 'ALWAYS_VALID' && metric !== undefined && isSettled(metric);
    return rowsOf(result).map((row): LookRow => {
      if (!isTakenTogether) return { ...row, evidence: null };
      const earlier = before?.rows.find((one) => one.metric === row.metric && one.variant === row.variant)?.evidence ?? noLiftEvidence;
      const unitsInSmallestArm = Math.min(row.controlUnits, row.units);
      return { ...row, evidence: foldLift(earlier, { ...row, number, atMs: at.getTime(), unitsInSmallestArm }) };
    });
  });
  return { experiment: experiment.key, number, at, rows };
}

function rowsOf({ metric, variants }: MetricResult): readonly Omit<LookRow, 'evidence'>[] {
  const control = variants.find(({ isControl }) => isControl);
  return variants
    .filter(({ isControl }) => !isControl)
    .map(({ variant, units, mean, pValue, absoluteLift, relativeLift }) => ({
      metric,
      variant,
      controlUnits: control?.units ?? 0,
      units,
      controlMean: control?.mean ?? null,
      mean,
      absoluteLift: toStored(absoluteLift),
      relativeLift: toStored(relativeLift),
      pValue,
    }));
}

function toStored(lift: VariantResult['absoluteLift']): LookRow['absoluteLift'] {
  return lift && { estimate: lift.estimate, lower: lift.lower, upper: lift.upper };
}
