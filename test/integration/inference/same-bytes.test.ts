import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { defaultBatching } from '../../../src/inference/onnx-inference-engine';
import { picturePolicy } from '../../../src/inference/picture-memory';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import { FakeLogger } from '../../fakes/fake-logger';
import { eventually } from '../eventually';
import { anOnnxEngine } from './an-onnx-engine';
import { ModelFolders } from './model-folders';

const root = join(__dirname, '../../..');
const bytes = readFileSync(join(root, 'demo/data/digits/images/0002.png'));
const otherModel = readFileSync(join(root, 'models/digits/3/model.onnx'));

describe('the workers of a loaded version', () => {
  const folders = new ModelFolders();
  const order = join(tmpdir(), `touchstone-mortal-${process.pid}`);
  const logger = new FakeLogger();
  const pictures = picturePolicy();
  const engine = anOnnxEngine({
    batching: { ...defaultBatching, maxBatchSize: 1 },
    pictures,
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

  it('decode a picture again when one is lost under it, and keep none of its memory', async () => {
    // Larger than a thread decodes without asking: the thread ends when it hears that it may.
    const background = { r: 200, g: 100, b: 50 };
    const photo = await sharp({ create: { width: 3000, height: 2500, channels: 3, background } })
      .jpeg()
      .toBuffer();
    const version = await engine.load((await new FileModelRepository(join(root, 'models')).find('digits', '2')) as ModelFolder);
    const answer = async (file: Buffer) => (await version.infer({ kind: 'image', bytes: file })).answer;
    const [ofPhoto, ofDigit] = [await answer(photo), await answer(bytes)];
    expect(ofPhoto).not.toEqual(ofDigit);
    for (const files of [[photo], [bytes], [photo, bytes, photo, bytes]]) {
      writeFileSync(order, '');
      expect(await Promise.all(files.map(answer))).toEqual(files.map((file) => (file === photo ? ofPhoto : ofDigit)));
      await eventually('the worker that was told so has ended', () => (existsSync(order) ? null : true));
    }
    expect(pictures.largePictures.usedBytes).toBe(0);
    await version.unload();
  });
});
