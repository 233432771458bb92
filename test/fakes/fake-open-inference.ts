import { LiveStats } from '../../src/live-stats/live-stats';
import { ModelControl } from '../../src/model-registry/model-control';
import { ModelRegistry } from '../../src/model-registry/model-registry';
import { TensorPredictor } from '../../src/prediction/tensor-predictor';
import { aModelFolder, FakeInferenceEngine, FakeModelRepository } from './fake-inference-engine';
import { FakeLogger } from './fake-logger';
import { FakeModelLabelStore } from './fake-model-label-store';
import { FakeReplicaStatsStore } from './fake-replica-stats-store';

/** The real services of /v2 over an engine that answers from memory: model `m` with versions 1, 2 (champion) and 3, which failed. */
export async function fakeOpenInference(elapsedMs: () => number = () => 0) {
  const engine = new FakeInferenceEngine();
  const now = () => new Date('2026-11-22T08:00:00.000Z');
  const broken = { model: 'm', version: '3', directory: '/models/m/3', problem: 'model.onnx is missing.', fingerprint: '' };
  const folders = [aModelFolder('m', '1', { wantedLabels: ['old'] }), aModelFolder('m', '2', { wantsChampion: true }), broken];
  const repository = new FakeModelRepository(folders);
  const registry = new ModelRegistry({
    repository,
    engine,
    labels: new FakeModelLabelStore(),
    now,
    logger: new FakeLogger(),
  });
  await registry.start();
  const control = new ModelControl({ registry, repository });
  const statistics = new LiveStats({
    replicaId: 'a',
    store: new FakeReplicaStatsStore(),
    queueDepth: () => 0,
    now,
    logger: new FakeLogger(),
  });
  const tensors = new TensorPredictor({ observers: [statistics], elapsedMs });
  return { engine, services: { server: { name: 'touchstone', version: '1.2.3' }, registry, control, tensors, statistics } };
}
