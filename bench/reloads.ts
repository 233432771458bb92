import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Logger } from '../src/events/logger';
import { FileModelRepository } from '../src/inference/file-model-repository';
import { defaultBatching, OnnxInferenceEngine } from '../src/inference/onnx-inference-engine';
import { picturePolicy } from '../src/inference/picture-memory';
import type { ModelFolder } from '../src/model-registry/model-version';

/**
 * Loads a version of images, asks it and unloads it again, many times: `node dist/bench/reloads.js [cycles] [version's folder] [picture]`. The memory
 * of the process must not grow with the cycles.
 */

const root = join(__dirname, '../..');
const [cycles = '200', folder = join(root, 'models/digits/3'), picture = join(root, 'demo/data/digits/images/0002.png')] =
  process.argv.slice(2);
const lines = 10;
const elapsedMs = () => performance.now();
const quiet: Logger = { debug() {}, info() {}, warn: console.error, error: console.error };

async function main(): Promise<void> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const engine = new OnnxInferenceEngine({
    workersPerVersion: 2,
    threadProfile: 'auto',
    workerTimeoutMs: 60_000,
    batching: defaultBatching,
    pictures: picturePolicy(),
    elapsedMs,
    logger: quiet,
  });
  const version = resolve(folder);
  const repository = new FileModelRepository(dirname(dirname(version)));
  const found = (await repository.find(basename(dirname(version)), basename(version))) as ModelFolder;
  const bytes = readFileSync(picture);
  const count = Number(cycles);
  console.log('cycle  RSS MB  heap MB  ms a cycle');
  let startedAtMs = elapsedMs();
  for (let cycle = 1; cycle <= count; cycle++) {
    const loaded = await engine.load(found);
    await Promise.all(Array.from({ length: 8 }, () => loaded.infer({ kind: 'image', bytes })));
    await loaded.unload();
    const every = Math.max(1, Math.floor(count / lines));
    if (cycle % every !== 0) continue;
    const { rss, heapUsed } = process.memoryUsage();
    const [rssMb, heapMb, ms] = [rss / 2 ** 20, heapUsed / 2 ** 20, (elapsedMs() - startedAtMs) / every];
    console.log(
      `${String(cycle).padStart(5)}  ${rssMb.toFixed(0).padStart(6)}  ${heapMb.toFixed(1).padStart(7)}  ${ms.toFixed(0).padStart(10)}`,
    );
    startedAtMs = elapsedMs();
  }
  await engine.stop();
}

void main();
