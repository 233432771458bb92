import { join } from 'node:path';
import { defaultBatching, type EngineOptions, OnnxInferenceEngine } from '../../../src/inference/onnx-inference-engine';
import { picturePolicy } from '../../../src/inference/picture-memory';
import { FakeLogger } from '../../fakes/fake-logger';

/** The real one, with a worker for each version. */
export function anOnnxEngine(more: Partial<EngineOptions> = {}): OnnxInferenceEngine {
  return new OnnxInferenceEngine({
    workersPerVersion: 1,
    workerTimeoutMs: 60_000,
    batching: defaultBatching,
    pictures: picturePolicy(),
    elapsedMs: () => performance.now(),
    logger: new FakeLogger(),
    workerPath: join(__dirname, '../../../dist/src/inference/onnx-worker.js'),
    ...more,
  });
}
