import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import { anOnnxEngine } from './an-onnx-engine';
import { ModelFolders } from './model-folders';

const root = join(__dirname, '../../..');
const images = join(root, 'demo/data/digits/images');
const pictures = readdirSync(images)
  .slice(0, 6)
  .map((name) => readFileSync(join(images, name)));

describe('the threads and the device of a version', () => {
  const folders = new ModelFolders();
  const engine = anOnnxEngine({ workersPerVersion: 2, threadProfile: 'auto' });
  afterAll(async () => {
    await engine.stop();
    folders.remove();
  });

  async function load(version: string, manifest: object) {
    const directory = join(folders.root, 'digits', version);
    cpSync(join(root, 'models/digits/3'), directory, { recursive: true });
    const file = join(directory, 'model.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...manifest }));
    return engine.load((await new FileModelRepository(folders.root).find('digits', version)) as ModelFolder);
  }

  it('are said, and the answers are the same whichever they are', async () => {
    const versions = await Promise.all([
      load('1', { threadProfile: 'throughput' }),
      load('2', { threadProfile: 'latency' }),
      load('3', { device: 'cpu' }),
    ]);
    expect(versions.map(({ description }) => description.threads)).toEqual([
      { profile: 'throughput', workers: 2, threadsPerWorker: 1, reason: 'model.json asks for it' },
      { profile: 'latency', workers: 1, threadsPerWorker: 2, reason: 'model.json asks for it' },
      expect.objectContaining({ reason: expect.stringMatching(/^(a row takes less than|measured: )/) }),
    ]);
    expect(versions.map(({ description }) => description.device)).toEqual(['cpu', 'cpu', 'cpu']);
    for (const bytes of pictures) {
      const [one, two, three] = await Promise.all(versions.map((version) => version.infer({ kind: 'image', bytes })));
      expect(two?.answer).toEqual(one?.answer);
      expect(three?.answer).toEqual(one?.answer);
    }
  });

  it('are refused with a sentence where CUDA is not there, and the others go on', async () => {
    const served = await load('4', {});
    await expect(load('5', { device: 'cuda' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(
        /^The model shall run on CUDA, which does not work here: .*(not installed|linux\/x64 only).* docs\/cuda\.md says what to install/,
      ),
    });
    expect((await served.infer({ kind: 'image', bytes: pictures[0] as Buffer })).answer).toMatchObject({ kind: 'classification' });
  });
});
