import { FakeExperimentStore } from '../fakes/fake-experiment-store';
import { FakeLookStore } from '../fakes/fake-look-store';
import { FakeMetricStore } from '../fakes/fake-metric-store';
import { describeExperimentStore } from './experiment-store.contract';
import { describeLookStore } from './look-store.contract';
import { describeMetricStore } from './metric-store.contract';

describeExperimentStore('in memory', () => {
  const store = new FakeExperimentStore();
  const expose = async (experiment: string, unitIds: readonly string[]) => {
    store.exposed.set(experiment, unitIds);
  };
  return { store, labels: async () => store.labels, expose };
});
describeMetricStore('in memory', () => new FakeMetricStore());
describeLookStore('in memory', () => new FakeLookStore());
