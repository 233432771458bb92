import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import type { Answer, JsonObject } from '../../../src/events/event';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { defaultBatching } from '../../../src/inference/onnx-inference-engine';
import type { LoadedVersion, ModelInput } from '../../../src/model-registry/inference-engine';
import type { ModelFolder } from '../../../src/model-registry/model-version';
import { aModelFolder } from '../../fakes/fake-inference-engine';
import { FakeLogger } from '../../fakes/fake-logger';
import { anOnnxEngine } from './an-onnx-engine';
import { ModelFolders } from './model-folders';
import * as models from './sample-models';

const root = join(__dirname, '../../..');
const features = (values: JsonObject): ModelInput => ({ kind: 'features', features: values });
const positional = (...values: number[]) => features({ values });

function softmax(...logits: number[]): number[] {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The same file with a byte that no message can begin with where its import of the default opset (no domain, version 13) begins. */
function damaged(onnx: Uint8Array): Uint8Array {
  const bytes = Buffer.from(onnx);
  bytes[bytes.lastIndexOf(Buffer.from([0x0a, 0, 0x10, 13]))] = 0x07;
  return bytes;
}

describe('OnnxInferenceEngine', () => {
  const folders = new ModelFolders();
  const logger = new FakeLogger();
  const engine = anOnnxEngine({ workersPerVersion: 2, batching: { ...defaultBatching, maxBatchSize: 8 }, logger });
  let made = 0;

  afterAll(async () => {
    await engine.stop();
    folders.remove();
  });

  function load(onnx: Uint8Array, manifest?: object): Promise<LoadedVersion> {
    const version = String(++made);
    return engine.load(
      aModelFolder('m', version, { directory: folders.add('m', version, onnx), manifest: JSON.stringify(manifest ?? {}) }),
    );
  }
  const answerOf = async (version: LoadedVersion, input: ModelInput) => (await version.infer(input)).answer;

  it('serves a bare classifier: features and classes by position, softmax over its logits', async () => {
    const version = await load(models.linear);
    expect(version.description).toMatchObject({
      kind: 'tabular',
      task: 'classification',
      classLabels: ['0', '1', '2'],
      features: [{ name: 'x_0' }, { name: 'x_1' }],
      driftFeatures: ['x_0', 'x_1'],
      parameterCount: 6,
    });
    const { answer, inputFeatures, timing } = await version.infer(features({ x_1: 2, x_0: 1 }));
    const [a, b, c] = softmax(1, 2, 3) as [number, number, number];
    expect(answer).toMatchObject({ classIndex: 2, label: '2', confidence: expect.closeTo(c, 6) });
    expect(answer).toMatchObject({ probabilities: [expect.closeTo(a, 6), expect.closeTo(b, 6), expect.closeTo(c, 6)] });
    expect(inputFeatures).toEqual({ x_0: 1, x_1: 2 });
    expect(timing.batchSize).toBe(1);
  });

  it('runs weights from a file of their own as they were when it was loaded, and none from outside its folder', async () => {
    const directory = folders.add('external', '1', models.linearWithWeightsIn('w.bin'));
    writeFileSync(join(directory, 'w.bin'), new Uint8Array(Float32Array.of(1, 0, 1, 0, 1, 1).buffer));
    const version = await engine.load(aModelFolder('external', '1', { directory }));
    rmSync(join(directory, 'w.bin'));
    expect(await answerOf(version, positional(1, 2))).toMatchObject({ confidence: expect.closeTo(softmax(1, 2, 3)[2] as number, 6) });
    await expect(load(models.linearWithWeightsIn('../1/w.bin'))).rejects.toThrow('weights from "../1/w.bin", which is not in its folder');
    await expect(load(models.linearWithWeightsIn('gone.bin'))).rejects.toThrow(
      /"gone.bin", which holds weights of the model, cannot be read \(.*ENOENT: no such file or directory\)\.$/,
    );
  });

  it('applies no softmax after the graph has, nor where the manifest says probabilities', async () => {
    expect(await answerOf(await load(models.withSoftmax), positional(1, 2))).toMatchObject({
      confidence: expect.closeTo(softmax(1, 2, 3)[2] as number, 6),
    });
    const declared = await load(models.linear, { output: { scores: 'probabilities' }, classLabels: ['a', 'b', 'c'] });
    expect(await answerOf(declared, positional(0.25, 0.5))).toMatchObject({ label: 'c', probabilities: [0.25, 0.5, 0.75] });
  });

  it('answers many rows at once as it answers each alone', async () => {
    const version = await load(models.linear);
    const value = fc.integer({ min: -50, max: 50 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 40 }), async (rows) => {
        const together = await Promise.all(rows.map((row) => version.infer(positional(...row))));
        const alone: Answer[] = [];
        for (const row of rows) alone.push(await answerOf(version, positional(...row)));
        expect(together.map((result) => result.answer)).toEqual(alone);
        expect(Math.max(...together.map((result) => result.timing.batchSize))).toBeLessThanOrEqual(8);
      }),
      { numRuns: 15 },
    );
  });

  it('fills up a graph of a fixed batch size and cuts its answers', async () => {
    const version = await load(models.threeRows);
    const results = await Promise.all(Array.from({ length: 8 }, (_, i) => version.infer(positional(i, -i))));
    expect(results.map(({ answer }) => answer)).toEqual(
      await Promise.all(Array.from({ length: 8 }, (_, i) => answerOf(version, positional(i, -i)))),
    );
    expect(Math.max(...results.map(({ timing }) => timing.batchSize))).toBeLessThanOrEqual(3);
    expect(await answerOf(version, positional(0, 9))).toMatchObject({ classIndex: 1 });
  });

  it('runs rows one by one where the graph takes only one, whatever its signature says', async () => {
    const version = await load(models.oneRowOnly);
    expect(logger.lines.map((line) => line.event)).toContain('model_does_not_batch');
    const results = await Promise.all([1, 2, 3, 4, 5].map((x) => version.infer(positional(x, -x))));
    expect(results.map(({ answer, timing }) => [answer.kind === 'classification' && answer.classIndex, timing.batchSize])).toEqual(
      Array.from({ length: 5 }, () => [0, 1]),
    );
  });

  it('reads label and probabilities of an export with ZipMap', async () => {
    const version = await load(models.treeWithZipMap);
    expect(version.description).toMatchObject({ task: 'classification', classLabels: ['10', '20'] });
    expect(await answerOf(version, positional(4))).toEqual({
      kind: 'classification',
      classIndex: 0,
      label: '10',
      confidence: 0.75,
      probabilities: [0.75, 0.25],
    });
    expect(await answerOf(version, positional(6))).toMatchObject({ label: '20', confidence: 0.875 });
  });

  it('serves a regression with several inputs, and a row without an answer fails alone', async () => {
    const version = await load(models.quotient);
    const rows = [
      [6, 3],
      [0, 0],
      [1, 4],
      [1, 0],
      [-8, 2],
    ];
    const settled = await Promise.allSettled(rows.map(([x, y]) => version.infer(positional(x as number, y as number))));
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value.answer : one.reason.code))).toEqual([
      { kind: 'regression', value: 2 },
      'INTERNAL_SERVER_ERROR',
      { kind: 'regression', value: 0.25 },
      'INTERNAL_SERVER_ERROR',
      { kind: 'regression', value: -4 },
    ]);
  });

  it('keeps a row that the runtime refuses from its neighbours', async () => {
    const version = await load(models.lookUp);
    const settled = await Promise.allSettled([0, 1, 7, 2, -9, 1].map((place) => version.infer(positional(place))));
    expect(
      settled.map((one) => (one.status === 'fulfilled' && one.value.answer.kind === 'regression' ? one.value.answer.value : null)),
    ).toEqual([0.5, 1.5, null, 2.5, null, 1.5]);
    expect(settled[2]).toMatchObject({ reason: { name: 'AppError', code: 'INTERNAL_SERVER_ERROR' } });
  });

  it('serves an image model, with one column as the probability of the second class', async () => {
    const version = await load(models.meanLevel, {
      task: 'classification',
      classLabels: ['black', 'white'],
      preprocessing: [{ type: 'Resize', size: [4, 4] }, { type: 'ToTensor' }],
      output: { scores: 'probabilities' },
    });
    expect(version.description).toMatchObject({ kind: 'image', layout: 'NCHW', driftFeatures: expect.arrayContaining(['sharpness']) });
    const level = (grey: number) =>
      sharp({ create: { width: 9, height: 7, channels: 3, background: { r: grey, g: grey, b: grey } } })
        .png()
        .toBuffer();
    const { answer, inputFeatures } = await version.infer({ kind: 'image', bytes: await level(204) });
    expect(answer).toMatchObject({ label: 'white', confidence: expect.closeTo(0.8, 6) });
    expect(inputFeatures).toMatchObject({
      brightness: expect.closeTo(0.8, 9),
      contrast: expect.closeTo(0, 9),
      sharpness: expect.closeTo(0, 9),
    });
    expect(await answerOf(version, { kind: 'image', bytes: await level(51) })).toMatchObject({
      label: 'black',
      confidence: expect.closeTo(0.8, 6),
    });
  });

  it('keeps a file that is no picture from its neighbours, however many there are of them', async () => {
    const version = await load(models.meanLevel);
    const picture = await sharp({ create: { width: 9, height: 7, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const wanted = await answerOf(version, { kind: 'image', bytes: picture });
    const isPicture = [true, false, false, true, true, false, true, true, false, false, false, true];
    const settled = await Promise.allSettled(
      isPicture.map((is) => answerOf(version, { kind: 'image', bytes: is ? picture : Buffer.from('no picture') })),
    );
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.code))).toEqual(
      isPicture.map((is) => (is ? wanted : 'INVALID_IMAGE')),
    );
  });

  it.each([
    ['an image for features', models.linear, { kind: 'image', bytes: new Uint8Array(3) } as const, 'INVALID_INPUT'],
    ['features for an image', models.meanLevel, positional(1), 'INVALID_INPUT'],
    ['bytes that are no image', models.meanLevel, { kind: 'image', bytes: Buffer.from('no image') } as const, 'INVALID_IMAGE'],
    ['a feature that is not there', models.linear, features({ x_0: 1, x_1: 1, x_2: 1 }), 'INVALID_FEATURES'],
  ])('refuses %s', async (_, onnx, input, code) => {
    await expect((await load(onnx)).infer(input)).rejects.toMatchObject({ code });
  });

  it('refuses a request whose client went away or whose time is over, before it decodes anything', async () => {
    const version = await load(models.meanLevel);
    const input = { kind: 'image', bytes: Buffer.from('never looked at') } as const;
    await expect(version.infer(input, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(version.infer(input, { deadlineAtMs: 0 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('answers what it took before it unloads, and nothing after', async () => {
    const version = await load(models.linear);
    const taken = Promise.all([1, 2, 3, 4, 5, 6].map((x) => version.infer(positional(x, 0))));
    await Promise.all([version.unload(), version.unload()]);
    expect(await taken).toHaveLength(6);
    await expect(version.infer(positional(1, 1))).rejects.toMatchObject({ code: 'MODEL_NOT_READY' });
  });

  describe('refuses to load, with a sentence,', () => {
    it.each<[string, Uint8Array, object | undefined, RegExp]>([
      ['what is no ONNX file', Buffer.from('these are not the bytes of a model'), undefined, /not an ONNX model/],
      ['nothing', new Uint8Array(0), undefined, /not an ONNX model/],
      ['half a file', models.treeWithZipMap.subarray(0, 200), undefined, /not an ONNX model/],
      ['an export with ZipMap whose list of opsets is damaged', damaged(models.treeWithZipMap), undefined, /not an ONNX model/],
      ['an operator that the runtime does not know', models.unknownOperator, undefined, /runtime does not take.*NobodyKnowsThis/],
      ['a misspelt manifest', models.linear, { clasLabels: ['a'] }, /clasLabels/],
      ['labels that do not fit', models.linear, { classLabels: ['a', 'b'] }, /2 class labels.*3 classes/],
      ['features of one name', models.linear, { features: [{ name: 'a' }, { name: 'a' }] }, /called "a".*must differ/],
      [
        'a feature that no record could hold',
        models.linear,
        { features: [{ name: 'a' }, { name: '__proto__' }] },
        /__proto__.*another name/,
      ],
      ['features that do not fit', models.linear, { features: [{ name: 'a' }] }, /1 features.*takes 2/],
      ['an output that is not there', models.linear, { output: { name: 'y' } }, /"y".*"scores"/],
      ['a kind that nobody knows', models.linear, { kind: 'tensor' }, /kind/],
    ])('%s', async (_, onnx, manifest, sentence) => {
      await expect(load(onnx, manifest)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(sentence) });
    });
  });

  it.each(['1', '2'])('equals the trainer on breast-cancer version %s', async (version) => {
    const { versions } = JSON.parse(readFileSync(join(root, 'demo/data/breast-cancer/expected.json'), 'utf8'));
    const [, ...lines] = readFileSync(join(root, 'demo/data/breast-cancer/rows.csv'), 'utf8').trim().split(/\r?\n/);
    const loaded = await engine.load((await new FileModelRepository(join(root, 'models')).find('breast-cancer', version)) as ModelFolder);
    const answers = await Promise.all(lines.map((line) => answerOf(loaded, positional(...line.split(',').map(Number)))));
    for (const [index, answer] of answers.entries()) {
      const wanted = versions[version].answers[index] as { readonly class: number; readonly probabilities: readonly number[] };
      expect(answer).toMatchObject({ classIndex: wanted.class, probabilities: wanted.probabilities.map((one) => expect.closeTo(one, 4)) });
    }
  });
});
