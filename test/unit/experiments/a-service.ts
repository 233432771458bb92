import { ExperimentService } from '../../../src/experiments/experiment-service';
import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeMetricStore } from '../../fakes/fake-metric-store';

/** A service over fakes that knows versions 1 to 3 of every model, with a clock that stands until it is set. */
export function aService() {
  const clock = { now: new Date('2026-11-23T12:00:00Z') };
  const service = new ExperimentService({
    store: new FakeExperimentStore(),
    catalog: {
      versions: () => ['1', '2', '3'].map((version) => ({ version, state: 'READY' })),
      championOf: () => '1',
      classLabels: () => null,
    },
    metrics: new MetricCatalog(new FakeMetricStore()),
    now: () => clock.now,
    logger: new FakeLogger(),
    onChange: async () => {},
  });
  return { service, clock };
}
