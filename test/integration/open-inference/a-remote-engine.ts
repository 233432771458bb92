import { join } from 'node:path';
import { defaultBatching } from '../../../src/inference/onnx-inference-engine';
import { picturePolicy } from '../../../src/inference/picture-memory';
import { type RemoteEngineOptions, RemoteInferenceEngine } from '../../../src/inference/remote/remote-inference-engine';
import { FakeLogger } from '../../fakes/fake-logger';

const elapsedMs = () => performance.now();

/** One that never waits longer than it must between two tries. */
export function aRemoteEngine(more: Partial<RemoteEngineOptions> = {}): RemoteInferenceEngine {
  return new RemoteInferenceEngine({
    workersPerVersion: 1,
    workerTimeoutMs: 60_000,
    batching: defaultBatching,
    pictures: picturePolicy(),
    elapsedMs,
    random: () => 0,
    logger: new FakeLogger(),
    workerPath: join(__dirname, '../../../dist/src/inference/remote/picture-worker.js'),
    ...more,
  });
}
