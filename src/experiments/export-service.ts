import type { Experiment, ExperimentEvent } from './experiment';
import type { ExperimentResults } from './experiment-results';
import { type ExperimentExport, type ExportFormat, exportResults } from './export-results';
import { everyone, type Segment } from './segment';

export interface ExportServiceOptions {
  readonly experiments: {
    find(key: string): Promise<Experiment>;
    history(key: string): Promise<readonly ExperimentEvent[]>;
  };
  readonly results: { results(key: string, segment?: Segment): Promise<ExperimentResults> };
}

/** What an experiment has shown, as a file. */
export class ExportService {
  readonly #options: ExportServiceOptions;

  constructor(options: ExportServiceOptions) {
    this.#options = options;
  }

  /** @throws AppError EXPERIMENT_NOT_FOUND; BAD_USER_INPUT for a segment that has no units. */
  async export(key: string, format: ExportFormat, segment: Segment = everyone): Promise<ExperimentExport> {
    const { experiments, results } = this.#options;
    const experiment = await experiments.find(key);
    const [shown, history] = await Promise.all([results.results(key, segment), experiments.history(key)]);
    return exportResults({ experiment, results: shown, history }, format);
  }
}
