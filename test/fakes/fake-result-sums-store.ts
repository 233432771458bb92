import type { ClassifierTally } from '../../src/experiments/classifier-tally';
import type { ExperimentSums, ResultSumsStore, SumsRequest } from '../../src/experiments/result-sums';
import { everyone, type Segment } from '../../src/experiments/segment';

/** Sums by experiment key; nothing at all for the others. */
export class FakeResultSumsStore implements ResultSumsStore {
  readonly sums = new Map<string, ExperimentSums>();
  /** By experiment key and segment, such as `one country=DE`. */
  readonly segmentSums = new Map<string, ExperimentSums>();
  readonly classifierTallies = new Map<string, ReadonlyMap<string, ClassifierTally>>();
  readonly requests: SumsRequest[] = [];
  lagMs = 0;

  async read(request: SumsRequest): Promise<ExperimentSums> {
    this.requests.push(request);
    const { experiment: experimentKey, segment } = request;
    const known = segment === everyone ? this.sums.get(experimentKey) : this.segmentSums.get(`${experimentKey} ${segment}`);
    return known ?? { variants: [], multipleExposures: 0, unmatched: 0 };
  }

  async segments(experimentKey: string): Promise<readonly Segment[]> {
    return [...this.segmentSums.keys()]
      .filter((key) => key.startsWith(`${experimentKey} `))
      .map((key) => key.slice(experimentKey.length + 1));
  }

  async classifiers(experimentKey: string): Promise<ReadonlyMap<string, ClassifierTally>> {
    return this.classifierTallies.get(experimentKey) ?? new Map();
  }

  ingestLagMs(): number {
    return this.lagMs;
  }
}
