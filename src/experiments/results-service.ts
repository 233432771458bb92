import { AppError } from '../errors';
import { classifierReport, type VariantClassifier } from './classifier-report';
import type { Experiment } from './experiment';
import { type ExperimentResults, experimentResults, type SegmentFamily } from './experiment-results';
import type { ExperimentStore } from './experiment-store';
import type { SingleLook } from './look-recorder';
import type { LookStore } from './look-store';
import type { Metric } from './metric';
import type { MetricCatalog } from './metric-catalog';
import type { ModelCatalog } from './model-catalog';
import type { PairedSumsStore } from './paired-sums';
import type { ResultSumsStore, SumsRequest } from './result-sums';
import { attributeOf, everyone, type Segment } from './segment';

export interface ResultsServiceOptions {
  readonly experiments: Pick<ExperimentStore, 'find'>;
  readonly metrics: Pick<MetricCatalog, 'list'>;
  readonly sums: ResultSumsStore;
  readonly pairs: PairedSumsStore;
  readonly looks: Pick<LookStore, 'newest'>;
  readonly catalog: Pick<ModelCatalog, 'classLabels'>;
  readonly now: () => Date;
}

/** Reads the few rows that an experiment's results are made of, and computes them. */
export class ResultsService {
  readonly #options: ResultsServiceOptions;

  constructor(options: ResultsServiceOptions) {
    this.#options = options;
  }

  /** @throws AppError EXPERIMENT_NOT_FOUND; BAD_USER_INPUT for a segment that has no units. */
  async results(key: string, segment: Segment = everyone): Promise<ExperimentResults> {
    const { experiments, metrics, sums, looks } = this.#options;
    const now = this.#options.now();
    const [experiment, known] = await Promise.all([experiments.find(key), metrics.list()]);
    if (!experiment) throw notFound(key);
    const family = segment === everyone ? null : await this.#familyOf(key, segment);
    const [look, newest] = await Promise.all([this.#read(experiment, segment, ripening(known, now)), family ? null : looks.newest(key)]);
    const evidence = newest?.rows ?? [];
    return experimentResults({ experiment, metrics: known, ...look, now, ingestLagMs: sums.ingestLagMs(), family, evidence });
  }

  /** All units as they are now, whatever earlier looks have said. */
  async lookAt(experiment: Experiment): Promise<SingleLook> {
    const { metrics, sums } = this.#options;
    const now = this.#options.now();
    const known = await metrics.list();
    const look = await this.#read(experiment, everyone, ripening(known, now));
    const results = experimentResults({ experiment, metrics: known, ...look, now, ingestLagMs: sums.ingestLagMs() });
    return { results, metrics: known };
  }

  async #read(experiment: Experiment, segment: Segment, ripe: SumsRequest['ripening']) {
    const { key, kind } = experiment;
    // First, so that no pair is told whose prediction is not counted yet.
    const pairs = kind === 'SHADOW' ? await this.#options.pairs.read(key, segment) : null;
    const sums = await this.#options.sums.read({ experiment: key, segment, ripening: ripe, covariates: hasCovariates(experiment) });
    return { pairs, sums };
  }

  /** Those that have units so far. @throws AppError EXPERIMENT_NOT_FOUND */
  async segments(key: string): Promise<readonly Segment[]> {
    const { experiments, sums } = this.#options;
    if (!(await experiments.find(key))) throw notFound(key);
    return sums.segments(key);
  }

  /** How its variants classify, as far as labels tell. @throws AppError EXPERIMENT_NOT_FOUND */
  async classifier(key: string): Promise<readonly VariantClassifier[]> {
    const { experiments, sums, catalog } = this.#options;
    const [experiment, tallies] = await Promise.all([experiments.find(key), sums.classifiers(key)]);
    if (!experiment) throw notFound(key);
    const { model, variants } = experiment;
    return classifierReport(
      variants.map((variant) => ({
        ...{ variant, classLabels: catalog.classLabels(model, variant.version) },
        tally: tallies.get(variant.key) ?? new Map<number, number>(),
      })),
    );
  }

  /** The segment and those beside which it is looked at. */
  async #familyOf(key: string, segment: Segment): Promise<SegmentFamily> {
    const known = await this.#options.sums.segments(key);
    if (!known.includes(segment)) {
      const some = known.length === 0 ? 'it has none' : `segments: ${known.slice(0, 20).join(', ')}`;
      throw new AppError('BAD_USER_INPUT', `Experiment "${key}" has no units in segment "${segment}"; ${some}.`);
    }
    return { segment, size: known.filter((one) => attributeOf(one) === attributeOf(segment)).length };
  }
}

function hasCovariates({ analysis: { cuped, controlScore } }: Experiment): boolean {
  return cuped || controlScore;
}

function ripening(metrics: readonly Metric[], now: Date): SumsRequest['ripening'] {
  return metrics.flatMap(({ key, maturityMs }) =>
    maturityMs > 0 ? [{ metric: key, exposedBefore: new Date(now.getTime() - maturityMs) }] : [],
  );
}

function notFound(key: string): AppError {
  return new AppError('EXPERIMENT_NOT_FOUND', `There is no experiment "${key}".`);
}
