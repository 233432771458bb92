import type { ExperimentSums, ResultSumsStore } from '../../src/experiments/result-sums';

/** Sums by experiment key; nothing at all for the others. */
export class FakeResultSumsStore implements ResultSumsStore {
  readonly sums = new Map<string, ExperimentSums>();
  lagMs = 0;

  async read(experimentKey: string): Promise<ExperimentSums> {
    return this.sums.get(experimentKey) ?? { variants: [], multipleExposures: 0, unmatched: 0 };
  }

  ingestLagMs(): number {
    return this.lagMs;
  }
}
