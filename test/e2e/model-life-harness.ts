import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { ExperimentRouter } from '../../src/experiments/experiment-router';
import { runningExperiment } from '../../src/experiments/running-experiment';
import { buildSchema } from '../../src/graphql/schema';
import { FileModelRepository } from '../../src/inference/file-model-repository';
import { ManifestEngine } from '../../src/inference/manifest-engine';
import { defaultBatching } from '../../src/inference/onnx-inference-engine';
import { FolderWatch } from '../../src/model-registry/folder-watch';
import { ModelRegistry } from '../../src/model-registry/model-registry';
import { DayPredictionIds } from '../../src/prediction/day-prediction-ids';
import { Predictor } from '../../src/prediction/predictor';
import { RecentPredictions } from '../../src/prediction/recent-predictions';
import { FakeEventJournal } from '../fakes/fake-event-journal';
import { FakeExperimentStore } from '../fakes/fake-experiment-store';
import { FakeLogger } from '../fakes/fake-logger';
import { FakeModelLabelStore } from '../fakes/fake-model-label-store';
import { fakeServices } from '../fakes/fake-services';
import { anOnnxEngine } from '../integration/inference/an-onnx-engine';
import { ModelFolders } from '../integration/inference/model-folders';
import { aRemoteEngine } from '../integration/open-inference/a-remote-engine';
import { GraphQLClient } from './graphql-client';
import { startTestServer } from './http-harness';

const root = join(__dirname, '../..');
const elapsedMs = () => performance.now();
const settleMs = 2_000;

/** The server over real ONNX files of a test's own: `digits` with versions 1 (champion) and 2. */
export async function startModelHouse() {
  const folders = new ModelFolders();
  for (const version of ['1', '2'])
    cpSync(join(root, 'models/digits', version), join(folders.root, 'digits', version), { recursive: true });
  // Rows alone: the runtime adds up in another order for other batch sizes, and answers shall be compared to the last bit.
  const batching = { ...defaultBatching, maxBatchSize: 1 };
  const engine = new ManifestEngine({
    local: anOnnxEngine({ batching, workersPerVersion: 2 }),
    remote: aRemoteEngine({ batching }),
  });
  const repository = new FileModelRepository(folders.root);
  const experiments = new FakeExperimentStore();
  const options = { repository, engine, labels: new FakeModelLabelStore(), now: () => new Date(), logger: new FakeLogger() };
  const registry = new ModelRegistry({ ...options, neededBy: runningExperiment(experiments) });
  await registry.start();
  const router = new ExperimentRouter(experiments);
  const journal = new FakeEventJournal();
  let nowMs = 0;
  const watch = new FolderWatch({ repository, registry, settleMs, elapsedMs: () => nowMs, logger: new FakeLogger() });
  const predictor = new Predictor({
    ...{
      registry,
      router,
      mirror: { send: () => {} },
      journal,
      observers: [],
      now: () => new Date(),
      elapsedMs,
    },
    predictions: new RecentPredictions({ find: async () => null, list: async () => ({ items: [], hasNextPage: false }) }),
    ids: new DayPredictionIds(
      () => new Date(),
      (count) => crypto.getRandomValues(new Uint8Array(count)),
    ),
  });
  const server = await startTestServer({ schema: buildSchema({ ...fakeServices(), modelRegistry: registry, predictor }) });
  const client = new GraphQLClient(server.url, new Agent({ keepAlive: true }));
  return {
    ...{ folders, registry, experiments, router, journal, client, server },
    /** Looks at the folder, lets the time pass that a change needs to settle, and looks again. */
    async look() {
      await watch.look();
      nowMs += settleMs;
      await watch.look();
    },
    async stop() {
      await server.stop();
      await registry.stop();
      folders.remove();
    },
  };
}

export const onnxOf = (version: string) => readFileSync(join(root, 'models/digits', version, 'model.onnx'));
export const manifestOf = (version: string): object => JSON.parse(readFileSync(join(root, 'models/digits', version, 'model.json'), 'utf8'));
export const picture = readFileSync(join(root, 'demo/data/digits/images/0002.png')).toString('base64');

/** In place at once, as a careful copy does it. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}
