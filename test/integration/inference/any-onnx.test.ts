import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import type { Answer, InputFeatures, JsonObject } from '../../../src/events/event';
import type { ModelInput } from '../../../src/model-registry/inference-engine';
import type { ModelDescription } from '../../../src/model-registry/model-version';
import type { Tensor } from '../../../src/open-inference/tensor';
import { aTensor, SignatureHouse, signatures } from './signatures';

const features = (values: JsonObject): ModelInput => ({ kind: 'features', features: values });
const tensors = (...all: Tensor[]): ModelInput => ({ kind: 'tensors', tensors: all });
const floats = (name: string, shape: readonly number[], ...data: number[]) => aTensor(name, 'FP32', shape, data);
const near = (value: number): number => expect.closeTo(value, 5);
const raw: Answer = { kind: 'raw' };
const value = (of: number): Answer => ({ kind: 'regression', value: near(of) });
const classOf = (label: string, confidence: number) =>
  expect.objectContaining({ kind: 'classification', label, confidence: near(confidence) });

interface Served {
  readonly is: Partial<ModelDescription>;
  readonly manifest?: object;
  readonly asked: ModelInput;
  readonly answers: Answer;
  /** Every output; absent: as many as they are, they say nothing that the answer does not. */
  readonly outputs?: readonly Tensor[];
  readonly records?: InputFeatures;
}

const table = { kind: 'tabular', task: 'classification', features: [expect.objectContaining({ name: 'x_0' }), expect.anything()] } as const;
const rawTable = { kind: 'tabular', task: 'raw', classLabels: [] } as const;
const rawTensors = { kind: 'raw', task: 'raw', features: [] } as const;
const e = Math.E;
const softmaxOf123 = [1, e, e ** 2].map((power) => power / (1 + e + e ** 2)) as [number, number, number];
const oneTwo = features({ x_0: 1, x_1: 2 });
const ofThree = classOf('2', softmaxOf123[2]);

const served: Readonly<Record<string, Served>> = {
  'symbolic-batch': {
    is: { ...table, classLabels: ['0', '1', '2'] },
    asked: oneTwo,
    answers: ofThree,
    outputs: [floats('scores', [1, 3], 1, 2, 3)],
  },
  'open-columns': { is: { ...table, classLabels: ['0', '1', '2'] }, asked: oneTwo, answers: ofThree },
  'output-without-shape': { is: { outputs: [{ name: 'scores', datatype: 'FP32', shape: [-1, 3] }] }, asked: oneTwo, answers: ofThree },
  'names-in-metadata': {
    is: { classLabels: ['small', 'middle', 'large'], driftFeatures: ['width', 'height'] },
    asked: features({ width: 1, height: 2 }),
    answers: classOf('large', softmaxOf123[2]),
  },
  'names-of-yolo': { is: { classLabels: ['cat', "dog's", 'bird'] }, asked: oneTwo, answers: classOf('bird', softmaxOf123[2]) },
  'fixed-batch-1': { is: table, asked: tensors(floats('x', [1, 2], 1, 2)), answers: ofThree, records: { x_0: 1, x_1: 2 } },
  'fixed-batch-4': { is: table, asked: oneTwo, answers: ofThree, outputs: [floats('scores', [1, 3], 1, 2, 3)] },
  'two-outputs': {
    is: {
      ...table,
      outputs: [expect.objectContaining({ name: 'probabilities' }), { name: 'embedding', datatype: 'FP32', shape: [-1, 2] }],
    },
    asked: oneTwo,
    answers: ofThree,
    outputs: [{ name: 'probabilities', datatype: 'FP32', shape: [1, 3], data: expect.anything() }, floats('embedding', [1, 2], -1, -2)],
  },
  'fixed-matrix': {
    is: rawTensors,
    asked: tensors(floats('x', [3, 3], 1, 0, 0, 0, 2, 0, 1, 1, 1)),
    answers: raw,
    outputs: [floats('y', [3, 3], 1, 0, 1, 0, 4, 2, 1, 2, 3)],
  },
  'output-without-rows': {
    is: { kind: 'tabular', task: 'regression' },
    asked: oneTwo,
    answers: value(1.5),
    outputs: [floats('mean', [], 1.5)],
  },
  'rows-mixed': {
    is: { kind: 'tabular' },
    manifest: { task: 'regression' },
    asked: oneTwo,
    answers: raw,
    outputs: [floats('share', [1, 2], 1, 1)],
  },
  'several-targets': { is: rawTable, asked: oneTwo, answers: raw, outputs: [floats('variable', [1, 2], 1, 4)] },
  'bool-as-is': {
    is: rawTable,
    asked: features({ x_0: true, x_1: false }),
    answers: raw,
    outputs: [aTensor('y', 'BOOL', [1, 2], [1, 0])],
  },
  'text-as-is': {
    is: rawTable,
    asked: tensors(aTensor('x', 'BYTES', [1, 2], ['é', `a\u0000${'b'.repeat(300)}`])),
    answers: raw,
    outputs: [expect.objectContaining({ name: 'y', shape: [1, 2], data: expect.arrayContaining(['é']) })],
    records: { x_0: 'é', x_1: `a\uFFFD${'b'.repeat(254)}` },
  },
  'int64-as-is': {
    is: rawTable,
    asked: tensors(aTensor('x', 'INT64', [1, 2], [9_007_199_254_740_993n, -(2n ** 63n)])),
    answers: raw,
    outputs: [aTensor('y', 'INT64', [1, 2], [9_007_199_254_740_993n, -(2n ** 63n)])],
  },
  'uint64-as-is': {
    is: rawTable,
    asked: tensors(aTensor('x', 'UINT64', [1, 2], [0n, 2n ** 64n - 1n])),
    answers: raw,
    outputs: [aTensor('y', 'UINT64', [1, 2], [0n, 2n ** 64n - 1n])],
  },
  'uint8-as-is': { is: rawTable, asked: features({ values: [0, 255] }), answers: raw, outputs: [aTensor('y', 'UINT8', [1, 2], [0, 255])] },
  'double-as-is': {
    is: { ...table, classLabels: ['0', '1'] },
    asked: features({ values: [0.1, 1e300] }),
    answers: classOf('1', 1),
    outputs: [aTensor('y', 'FP64', [1, 2], [0.1, 1e300])],
  },
  'half-as-is': {
    is: table,
    asked: features({ values: [0.1, 65_504] }),
    answers: classOf('1', 1),
    outputs: [aTensor('y', 'FP16', [1, 2], [0x2e66, 0x7bff])],
  },
  'half-regression': { is: { kind: 'tabular', task: 'regression' }, asked: features({ values: [0.5, 2] }), answers: value(2.5) },
  'double-regression': { is: { kind: 'tabular', task: 'regression' }, asked: features({ values: [1e-9, 2e-9] }), answers: value(3e-9) },
  'mixed-columns': {
    is: { kind: 'tabular', task: 'regression', driftFeatures: ['age', 'city', 'member', 'visits', 'rank'] },
    asked: features({ age: 40.5, city: 'Rome', member: true, visits: 3, rank: 2 }),
    answers: value(66.5),
    records: { age: 40.5, city: 'Rome', member: 1, visits: 3, rank: 2 },
  },
  'zip-map-int64': {
    is: { ...table, classLabels: ['7', '9007199254740993'] },
    asked: oneTwo,
    answers: classOf('9007199254740993', e / (1 + e)),
  },
  'zip-map-text': { is: { ...table, classLabels: ['refused', 'granted'] }, asked: oneTwo, answers: classOf('granted', e / (1 + e)) },
  'zip-map-behind-identity': {
    is: {
      ...table,
      classLabels: ['refused', 'granted'],
      outputs: [expect.anything(), { name: 'probabilities', datatype: 'FP32', shape: [-1, 2] }],
    },
    asked: oneTwo,
    answers: classOf('granted', e / (1 + e)),
  },
  'label-alone': { is: rawTable, asked: features({ values: [1, 3, 2] }), answers: raw, outputs: [aTensor('label', 'INT64', [1], [1n])] },
  scalar: {
    is: { kind: 'tabular', task: 'regression', driftFeatures: ['x', 'y'] },
    asked: tensors(floats('x', [], 6), floats('y', [], 7)),
    answers: value(42),
    outputs: [floats('product', [], 42)],
    records: { x: 6, y: 7 },
  },
  'columns-of-rank-1': { is: { kind: 'tabular', task: 'regression' }, asked: features({ x: 6, y: 7 }), answers: value(42) },
  vector: {
    is: rawTensors,
    asked: tensors(floats('x', [4], 1, 2, 3, 4)),
    answers: raw,
    outputs: [floats('sum', [1], 10)],
    records: { x_0: 1, x_1: 2, x_2: 3, x_3: 4 },
  },
  'tokens-to-embedding': {
    is: { ...rawTensors, driftFeatures: ['tokens_mean', 'tokens_std', 'mask_mean', 'mask_std'] },
    asked: tensors(aTensor('tokens', 'INT64', [1, 3], [2n, 1n, 2n]), aTensor('mask', 'INT64', [1, 3], [1n, 1n, 0n])),
    answers: raw,
    outputs: [floats('pooled', [1, 2], 3, 2)],
    records: { tokens_mean: near(5 / 3), tokens_std: near(Math.sqrt(2) / 3), mask_mean: near(2 / 3), mask_std: near(Math.sqrt(2) / 3) },
  },
  'tokens-to-classes': {
    is: { kind: 'raw', task: 'classification', classLabels: ['good', 'bad'] },
    asked: tensors(aTensor('tokens', 'INT64', [1, 1], [1n]), aTensor('mask', 'INT64', [1, 1], [1n])),
    answers: classOf('good', e / (1 + e)),
  },
  'past-and-present': {
    is: rawTensors,
    asked: tensors(floats('past', [1, 0, 2]), floats('now', [1, 1, 2], 3, 4)),
    answers: raw,
    outputs: [floats('present', [1, 1, 2], 3, 4)],
    records: { past_mean: null, past_std: null, now_0: 3, now_1: 4 },
  },
  'fixed-batch-4-of-pictures': {
    is: rawTensors,
    asked: tensors(floats('x', [5, 2, 3], ...Array.from({ length: 30 }, (_, at) => at))),
    answers: raw,
    outputs: [floats('sums', [5, 2], 3, 12, 21, 30, 39, 48, 57, 66, 75, 84)],
  },
  'fixed-sequence-of-4': {
    is: rawTensors,
    asked: tensors(floats('x', [4, 1, 2], 1, 1, 2, 2, 3, 3, 4, 4)),
    answers: raw,
    outputs: [floats('sums', [4, 1, 2], 1, 1, 3, 3, 6, 6, 10, 10)],
  },
  'different-batch-sizes': {
    is: rawTensors,
    asked: tensors(floats('a', [2, 1], 1, 2), floats('b', [3, 1], 3, 4, 5)),
    answers: raw,
    outputs: [floats('y', [5, 1], 1, 2, 3, 4, 5)],
  },
  'grey-picture': {
    is: { kind: 'raw' },
    manifest: { task: 'regression' },
    asked: tensors(floats('x', [1, 1, 2, 2], 1, 2, 3, 6)),
    answers: value(3),
  },
  'convolution-of-any-side': {
    is: rawTensors,
    asked: tensors(floats('x', [1, 1, 3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9)),
    answers: raw,
    outputs: [floats('y', [1, 1, 1, 1], 45)],
  },
  boxes: {
    is: { kind: 'image', task: 'raw' },
    asked: tensors(floats('image', [1, 3, 4, 4], ...new Array(48).fill(0.5))),
    answers: raw,
    outputs: [floats('boxes', [1, 3, 4], ...new Array(12).fill(0.5))],
    records: {},
  },
  'half-picture': {
    is: { kind: 'image', task: 'regression' },
    asked: tensors(aTensor('image', 'FP16', [1, 3, 4, 4], new Array(48).fill(0x3800))),
    answers: value(0.5),
  },
  'lstm-batch-second': {
    is: rawTensors,
    asked: tensors(floats('x', [3, 2, 2], ...new Array(12).fill(0))),
    answers: raw,
    outputs: [floats('y', [3, 1, 2, 3], ...new Array(18).fill(0)), floats('last', [1, 2, 3], ...new Array(6).fill(0))],
  },
  'lstm-with-state': {
    is: rawTensors,
    asked: tensors(floats('x', [5, 1, 2], ...new Array(10).fill(0)), floats('h0', [1, 1, 3], 0, 0, 0), floats('c0', [1, 1, 3], 0, 0, 0)),
    answers: raw,
    outputs: [floats('h', [1, 1, 3], 0, 0, 0), floats('c', [1, 1, 3], 0, 0, 0)],
  },
  'sequence-beside-tensor': {
    is: { kind: 'tabular', outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 2] }] },
    asked: oneTwo,
    answers: classOf('0', e / (1 + e)),
    outputs: [floats('y', [1, 2], -1, -2)],
  },
  'text-to-number': { is: { kind: 'tabular', task: 'regression' }, asked: features({ x_0: '2.5' }), answers: value(2.5) },
};

const refused: Readonly<Record<string, RegExp>> = {
  'sequence-alone': /No output is a tensor.*"pair" \(sequence\)\. Export/,
  'sequence-input': /Input "xs" is a sequence; only tensors can be sent\. Export/,
  'map-input': /Input "row" is a map; only tensors can be sent\. Export/,
  'optional-input': /Input "x" is an optional value; only tensors can be sent\. Export/,
  'opset-too-new': /Opset 99 .* is till opset \d+\. Export it for an older opset/,
  'ir-too-new': /^The runtime does not take this model: Unsupported model IR version: 99.*Export it for an older/,
  'custom-operator': /com\.example:Whiten.*not a registered.*those of ONNX/,
  'bfloat16-output': /bfloat16.*Cast to float32/,
  'bfloat16-input': /Input "x" has element type 16.*Cast/,
  'input-without-shape': /Input "x" has no shape.*Export the model with shapes/,
  'no-inputs': /no inputs/,
  'never-runs': /fails on a first row of zeros, and on one of ones:.*cannot be reshaped/,
  'table-larger-than-memory': /Failed to allocate memory.*check the shapes/,
  'weights-shorter-than-their-shape': /'w' declares a size of 17592186044416 bytes.*check the shapes/,
  'weights-missing': /"weights.bin", which holds weights of the model, cannot be read/,
};

describe('any ONNX file', () => {
  const house = new SignatureHouse();
  afterAll(() => house.close());

  it('has its row here', () => {
    const files = readdirSync(signatures).map((file) => file.replace('.onnx', ''));
    expect([...Object.keys(served), ...Object.keys(refused)].sort()).toEqual(files.sort());
  });

  it.each(Object.entries(served))('%s is served', async (file, { is, manifest, asked, answers, outputs, records }) => {
    const version = await house.load(file, manifest);
    expect(version.description).toMatchObject(is);
    const result = await version.infer(asked, { wantsOutputs: true });
    expect(result.answer).toEqual(answers);
    expect(result.outputs?.map(({ name }) => name)).toEqual(version.description.outputs.map(({ name }) => name));
    if (outputs) expect(result.outputs).toEqual(outputs);
    if (records) expect(result.inputFeatures).toEqual(records);
    expect((await version.infer(asked)).outputs).toBeUndefined();
    await version.unload();
  });

  it.each(Object.entries(refused))('%s is refused with a sentence', async (file, sentence) => {
    await expect(house.load(file)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(sentence) });
  });

  it('fills a half-float picture as it fills one of floats', async () => {
    const version = await house.load('half-picture', { preprocessing: [{ type: 'Resize', size: [4, 4] }, { type: 'ToTensor' }] });
    const bytes = await sharp({ create: { width: 5, height: 9, channels: 3, background: { r: 51, g: 51, b: 51 } } })
      .png()
      .toBuffer();
    expect((await version.infer({ kind: 'image', bytes })).answer).toEqual({ kind: 'regression', value: expect.closeTo(0.2, 3) });
  });

  it('says what a prediction of tensors lacks', async () => {
    const version = await house.load('tokens-to-classes');
    const [tokens, mask] = [aTensor('tokens', 'INT64', [2, 1], [1n, 1n]), aTensor('mask', 'INT64', [2, 1], [1n, 1n])];
    const refusals: readonly (readonly [ModelInput, object])[] = [
      [tensors(tokens, mask), { message: expect.stringContaining('one row, not 2') }],
      [tensors(tokens), { message: expect.stringContaining('"mask" is missing'), details: { tensor: 'mask' } }],
      [tensors(tokens, floats('mask', [2, 1], 1, 1)), { message: expect.stringContaining('must be INT64, not FP32') }],
      [
        tensors(aTensor('tokens', 'INT64', [1, 1], [9n]), aTensor('mask', 'INT64', [1, 1], [1n])),
        { message: expect.stringContaining('does not take these tensors') },
      ],
      [features({ tokens: 1 }), { message: expect.stringMatching(/takes "tensors".*"tokens" INT64 \[-1, -1\]/) }],
    ];
    for (const [input, error] of refusals) await expect(version.infer(input)).rejects.toMatchObject({ code: 'INVALID_INPUT', ...error });
  });

  it('refuses a table of a fixed size whose rows are not rows, where the manifest insists', async () => {
    await expect(house.load('fixed-matrix', { kind: 'tabular' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/3 rows at once.*depends on the others.*"kind": "raw"/),
    });
  });
});
