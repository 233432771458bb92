import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { defaultBatching, OnnxInferenceEngine } from '../../../src/inference/onnx-inference-engine';
import { defaultImageLimits, PictureDecoder } from '../../../src/inference/picture-decoder';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import { FakeLogger } from '../../fakes/fake-logger';
import { eventually } from '../eventually';
import { ModelFolders } from './model-folders';

const root = join(__dirname, '../../..');
const bytes = readFileSync(join(root, 'demo/data/digits/images/0002.png'));
const otherModel = readFileSync(join(root, 'models/digits/3/model.onnx'));

const elapsedMs = () => performance.now();

describe('the workers of a loaded version', () => {
  const folders = new ModelFolders();
  const order = join(tmpdir(), `touchstone-mortal-${process.pid}`);
  const logger = new FakeLogger();
  const engine = new OnnxInferenceEngine({
    workersPerVersion: 1,
    workerTimeoutMs: 60_000,
    batching: { ...defaultBatching, maxBatchSize: 1 },
    pictures: new PictureDecoder({ limits: defaultImageLimits, elapsedMs }),
    elapsedMs,
    logger,
    workerPath: join(root, 'test/fixtures/onnx/mortal-onnx-worker.cjs'),
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(order, { force: true });
    folders.remove();
  });

  it.each<[string, (file: string) => void]>([
    ['replaced', (file) => renameSync(`${file}.new`, file)],
    ['written over', (file) => writeFileSync(file, otherModel)],
    ['removed', (file) => rmSync(file)],
    ['cut short', (file) => writeFileSync(file, otherModel.subarray(0, 1000))],
  ])('run the same bytes when one is replaced after the file was %s', async (how, change) => {
    const directory = join(folders.root, 'digits', how.replace(' ', '-'));
    cpSync(join(root, 'models/digits/2'), directory, { recursive: true });
    const file = join(directory, 'model.onnx');
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    const version = await engine.load((await new FileModelRepository(folders.root).find('digits', how.replace(' ', '-'))) as ModelFolder);
    const answer = async () => (await version.infer({ kind: 'image', bytes })).answer;
    const before = await answer();
    writeFileSync(`${file}.new`, otherModel);
    change(file);
    writeFileSync(order, '');
    expect(await answer()).toEqual(before);
    await eventually('the worker that was told so has ended', () => (existsSync(order) ? null : true));
    expect(logger.lines.filter(({ event }) => event === 'inference_worker_lost').length).toBeGreaterThan(0);
    expect(await answer()).toEqual(before);
    expect(version.source).toMatchObject({ sha256 });
    await version.unload();
  });
});
