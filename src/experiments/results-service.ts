import { AppError } from '../errors';
import { type ExperimentResults, experimentResults } from './experiment-results';
import type { ExperimentStore } from './experiment-store';
import type { MetricCatalog } from './metric-catalog';
import type { ResultSumsStore } from './result-sums';

export interface ResultsServiceOptions {
  readonly experiments: Pick<ExperimentStore, 'find'>;
  readonly metrics: Pick<MetricCatalog, 'list'>;
  readonly sums: ResultSumsStore;
  readonly now: () => Date;
}

/** Reads the few rows that an experiment's results are made of, and computes them. */
export class ResultsService {
  readonly #options: ResultsServiceOptions;

  constructor(options: ResultsServiceOptions) {
    this.#options = options;
  }

  /** @throws AppError EXPERIMENT_NOT_FOUND */
  async results(key: string): Promise<ExperimentResults> {
    const { experiments, metrics, sums, now } = this.#options;
    const [experiment, known, totals] = await Promise.all([experiments.find(key), metrics.list(), sums.read(key)]);
    if (!experiment) throw new AppError('EXPERIMENT_NOT_FOUND', `There is no experiment "${key}".`);
    return experimentResults({ experiment, metrics: known, sums: totals, now: now(), ingestLagMs: sums.ingestLagMs() });
  }
}
