import { FakeExperimentStore } from '../fakes/fake-experiment-store';
import { FakeMetricStore } from '../fakes/fake-metric-store';
import { describeExperimentStore } from './experiment-store.contract';
import { describeMetricStore } from './metric-store.contract';

describeExperimentStore('in memory', () => {
  const store = new FakeExperimentStore();
  const expose = async (experiment: string, unitIds: readonly string[]) => {
    store.exposed.set(experiment, unitIds);
  };
  return { store, labels: async () => store.labels, expose };
});
describeMetricStore('in memory', () => new FakeMetricStore());
