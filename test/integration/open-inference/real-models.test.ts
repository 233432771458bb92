import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../../src/events/event';
import { decodeImage } from '../../../src/inference/decode-image';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { applyPictureSteps, pixelScale } from '../../../src/inference/image-pipeline';
import { ManifestEngine } from '../../../src/inference/manifest-engine';
import { defaultImageLimits } from '../../../src/inference/picture-memory';
import type { AnsweringVersion } from '../../../src/model-registry/inference-engine';
import { ModelRegistry } from '../../../src/model-registry/model-registry';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import type { Tensor } from '../../../src/open-inference/tensor';
import { ImageKernels } from '../../../src/tensor/image-kernels';
import { levelTables, writeTensor } from '../../../src/tensor/image-steps';
import { startTestServer, type TestServer } from '../../e2e/http-harness';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeModelLabelStore } from '../../fakes/fake-model-label-store';
import { fakeOpenInference } from '../../fakes/fake-open-inference';
import { anOnnxEngine } from '../inference/an-onnx-engine';
import { ModelFolders } from '../inference/model-folders';
import { aRemoteEngine } from './a-remote-engine';

const root = join(__dirname, '../../..');
const elapsedMs = () => performance.now();

type Classification = Extract<Answer, { kind: 'classification' }>;

function closeTo(answer: Classification): Classification {
  const near = (value: number): number => expect.closeTo(value, 6);
  return { ...answer, confidence: near(answer.confidence), probabilities: answer.probabilities.map(near) };
}

function softmax(logits: readonly number[]): readonly number[] {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => expect.closeTo(power / sum, 7));
}

/** Our server with the sample models, and our client asking it: what both know of the protocol has to agree, whole. */
const kernels = new ImageKernels();

describe('the sample models over the Open Inference Protocol', () => {
  const folders = new ModelFolders();
  const local = anOnnxEngine();
  const engine = new ManifestEngine({
    local,
    remote: aRemoteEngine(),
  });
  const registry = new ModelRegistry({
    repository: new FileModelRepository(join(root, 'models')),
    engine,
    labels: new FakeModelLabelStore(),
    now: () => new Date(0),
    logger: new FakeLogger(),
  });
  let house: TestServer;
  beforeAll(async () => {
    await registry.start();
    const { services } = await fakeOpenInference(elapsedMs);
    house = await startTestServer({ openInference: { ...services, registry } });
  });
  afterAll(async () => {
    await house.stop();
    await registry.stop();
    folders.remove();
  });

  const [, ...lines] = readFileSync(join(root, 'demo/data/breast-cancer/rows.csv'), 'utf8').trim().split(/\r?\n/);
  const rows = lines.slice(0, 60).map((line) => line.split(',').map(Number));
  const postJson = async (path: string, body: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${house.url}${path}`, init);
    return JSON.parse(await response.text());
  };

  it.each(['1', '2'])('breast-cancer %s answers through our own client as it answers here', async (version) => {
    const here = registry.resolve('breast-cancer', version).loaded;
    const { kind, task, classLabels, features, output } = JSON.parse(
      readFileSync(join(root, 'models/breast-cancer', version, 'model.json'), 'utf8'),
    );
    const scores = { ...output, scores: 'probabilities' };
    const directory = folders.add('breast-cancer', version, null, {
      ...{ kind, task, classLabels, features, output: scores },
      remote: { url: house.url, version },
    });
    const found = await new FileModelRepository(folders.root).scan();
    const there = await engine.load(found.find((folder) => folder.directory === directory) as ModelFolder);
    const ask = (loaded: AnsweringVersion) =>
      Promise.all(rows.map(async (values) => (await loaded.infer({ kind: 'features', features: { values } })).answer));
    const answers = await ask(here);
    // The rows come in batches of other sizes, and the runtime adds floats up in an order of its own for each.
    expect(await ask(there)).toEqual(answers.map((answer) => (answer.kind === 'classification' ? closeTo(answer) : answer)));
  });

  it('breast-cancer answers many rows in JSON as it answers each', async () => {
    const here = registry.resolve('breast-cancer', '1').loaded;
    const [signature] = here.description.inputs;
    const inputs = [{ name: signature?.name, datatype: 'FP32', shape: [rows.length, 30], data: rows }];
    const { outputs } = await postJson('/v2/models/breast-cancer/versions/1/infer', { inputs });
    const answers = await Promise.all(rows.map(async (values) => (await here.infer({ kind: 'features', features: { values } })).answer));
    const scores = outputs.find(({ datatype }: Tensor) => datatype === 'FP32').data as readonly number[];
    const wanted = answers.flatMap((answer) => (answer.kind === 'classification' ? answer.probabilities : []));
    expect(scores).toEqual(wanted.map((one) => expect.closeTo(one, 6)));
  });

  it.each(['1', '2', '3'])('digits %s answers the tensor of a picture as it answers the picture', async (version) => {
    const { loaded } = registry.resolve('digits', version);
    const bytes = readFileSync(join(root, 'demo/data/digits/images/0043.png'));
    const { preprocessing } = loaded.description;
    const picture = applyPictureSteps(kernels, await decodeImage(bytes, defaultImageLimits), preprocessing);
    const data = new Float32Array(picture.data.length);
    writeTensor(kernels, picture, levelTables(pixelScale(preprocessing), 1), { layout: 'NCHW', channelOrder: 'RGB' }, data, 0);
    const [signature] = loaded.description.inputs;
    const inputs = [{ name: signature?.name, datatype: 'FP32', shape: [1, 1, 8, 8], data: [...data] }];
    const { outputs } = await postJson(`/v2/models/digits/versions/${version}/infer`, { inputs });
    const { answer } = await loaded.infer({ kind: 'image', bytes });
    const { name, data: scores } = outputs[0] as { readonly name: string; readonly data: readonly number[] };
    expect(answer).toMatchObject({ probabilities: name === 'probabilities' ? scores : softmax(scores) });
  });

  it('digits describes itself', async () => {
    const response = await fetch(`${house.url}/v2/models/digits`);
    expect(JSON.parse(await response.text())).toMatchObject({
      name: 'digits',
      versions: ['1', '2', '3'],
      inputs: [{ datatype: 'FP32', shape: [-1, 1, 8, 8] }],
    });
  });
});
