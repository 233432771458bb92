import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anExperiment } from '../fakes/fake-services';
import { eventually } from '../integration/eventually';
import { signatures } from '../integration/inference/signatures';
import { picture, startModelHouse } from './model-life-harness';

const mutation = `mutation ($input: PredictInput!) { predict(input: $input) { id version predictedClass label confidence value
  probabilities { label } assignment { variant } outputs { name datatype shape data } } }`;
const withoutOutputs = 'mutation ($input: PredictInput!) { predict(input: $input) { id label value } }';
const onnxOf = (file: string) => readFileSync(join(signatures, `${file}.onnx`));
const noAnswer = { predictedClass: null, label: null, confidence: null, value: null, probabilities: [] };
const tokens = { name: 'tokens', datatype: 'INT64', shape: [1, 2], data: [[1, '2']] };
const mask = { name: 'mask', datatype: 'INT64', shape: [1, 2], data: [1, 1] };

describe('tensors over GraphQL', () => {
  let house: Awaited<ReturnType<typeof startModelHouse>>;
  beforeAll(async () => {
    house = await startModelHouse();
    for (const [model, file] of [
      ['embedder', 'tokens-to-embedding'],
      ['moderator', 'tokens-to-classes'],
      ['table', 'two-outputs'],
      ['numbers', 'int64-as-is'],
      ['doubles', 'double-as-is'],
    ] as const)
      for (const version of ['1', '2']) house.folders.add(model, version, onnxOf(file));
    await house.look();
    const states = () => house.registry.models().flatMap(({ versions }) => versions.map(({ state }) => state));
    await eventually('all are loaded', () => (states().length === 12 && states().every((state) => state === 'READY') ? true : null));
  });
  afterAll(() => house.stop());

  const ask = async (input: object, source = mutation) => {
    const { data, errors } = await house.client.ask(source, { input });
    return errors ? errors[0]?.extensions : data.predict;
  };
  const last = () => house.journal.events.at(-1);

  it('answer with every output of a model whose outputs nobody explained; input and answer are recorded', async () => {
    const { data } = await house.client.ask('{ model(name: "embedder") { kind versions { state classLabels inputs { name } } } }');
    expect(data.model).toMatchObject({ kind: 'RAW', versions: [{ state: 'READY', classLabels: [] }, { state: 'READY' }] });
    const answer = await ask({ model: 'embedder', tensors: [tokens, mask] });
    expect(answer).toMatchObject({ ...noAnswer, outputs: [{ name: 'pooled', datatype: 'FP32', shape: [1, 2], data: [3, 2] }] });
    expect(last()).toMatchObject({
      type: 'prediction',
      id: answer.id,
      outcome: { status: 'succeeded', answer: { kind: 'raw' } },
      inputFeatures: { tokens_mean: 1.5, tokens_std: 0.5, mask_mean: 1, mask_std: 0 },
    });
  });

  it('answer with a class where the model has classes', async () => {
    expect(await ask({ model: 'moderator', tensors: [tokens, mask] }, withoutOutputs)).toMatchObject({ label: 'good', value: null });
  });

  it('do for any kind of model, and any kind of model answers with its outputs', async () => {
    const outputs = [
      expect.objectContaining({ name: 'probabilities' }),
      { name: 'embedding', datatype: 'FP32', shape: [1, 2], data: [-1, -2] },
    ];
    const x = { name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2] };
    expect(await ask({ model: 'table', tensors: [x] })).toMatchObject({ label: '2', outputs });
    expect(last()).toMatchObject({ inputFeatures: { x_0: 1, x_1: 2 } });
    expect(await ask({ model: 'table', features: { x_0: 1, x_1: 2 } })).toMatchObject({ label: '2', outputs });
    const image = await ask({ model: 'digits', version: '2', image: picture });
    expect(image.outputs).toEqual([expect.objectContaining({ shape: [1, 10], data: expect.arrayContaining([expect.any(Number)]) })]);
    const pixels = { name: 'image', datatype: 'FP32', shape: [1, 1, 8, 8], data: new Array(64).fill(0.5) };
    expect(await ask({ model: 'digits', version: '2', tensors: [pixels] })).toMatchObject({ label: expect.any(String) });
  });

  it('keep whole numbers beyond 2^53, and say what JSON has no numbers for', async () => {
    const big = { name: 'x', datatype: 'INT64', shape: [1, 2], data: ['9007199254740993', -5] };
    expect(await ask({ model: 'numbers', tensors: [big] })).toMatchObject({ outputs: [{ data: ['9007199254740993', -5] }] });
    const written = `mutation { predict(input: { model: "numbers", tensors: [{ name: "x", datatype: "INT64", shape: [1, 2], data: [9007199254740993, 2] }] }) { outputs { data } } }`;
    expect((await house.client.ask(written)).data.predict.outputs).toEqual([{ data: ['9007199254740993', 2] }]);
    const endless = { name: 'x', datatype: 'FP64', shape: [1, 2], data: ['-Infinity', 0.1] };
    // A row without an answer is no prediction, whatever its outputs.
    expect(await ask({ model: 'doubles', tensors: [endless] })).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  });

  it('are assigned to the variants of an experiment as features are', async () => {
    const variants = ['1', '2'].map((version) => ({ key: `v${version}`, name: 'v', version, weight: 0.5, isControl: version === '1' }));
    const running = {
      ...anExperiment(),
      key: 'texts',
      model: 'moderator',
      variants,
      status: 'RUNNING' as const,
      startedAt: new Date(0),
      progress: null,
    };
    await house.experiments.insert(running, { at: new Date(0), actor: 'a', action: 'CREATED', reason: null, detail: null });
    await house.router.refresh();
    const answer = await ask({ model: 'moderator', unitId: 'someone', tensors: [tokens, mask] });
    expect(answer.assignment.variant).toBe(`v${answer.version}`);
    const wrong = await ask({ model: 'moderator', unitId: 'someone', tensors: [{ ...tokens, name: 'to\u0000kens' }, mask] });
    expect(wrong).toMatchObject({ code: 'INVALID_INPUT', tensor: 'to\u0000kens' });
    expect(last()).toMatchObject({ outcome: { status: 'failed', code: 'INVALID_INPUT', message: expect.not.stringContaining('\u0000') } });
  });

  it.each<[string, object, object]>([
    ['tensors beside features', { tensors: [tokens, mask], features: {} }, { code: 'INVALID_INPUT' }],
    ['features', { features: { tokens: 1 } }, { code: 'INVALID_INPUT' }],
    ['an image', { image: picture }, { code: 'INVALID_INPUT' }],
    [
      'a tensor of another type',
      { tensors: [{ ...tokens, datatype: 'INT32', data: [1, 2] }, mask] },
      { code: 'INVALID_INPUT', tensor: 'tokens' },
    ],
    ['a tensor of another rank', { tensors: [tokens, { ...mask, shape: [2] }] }, { code: 'INVALID_INPUT', tensor: 'mask' }],
    ['a place that is not in the table', { tensors: [{ ...tokens, data: [1, 99] }, mask] }, { code: 'INVALID_INPUT' }],
  ])('refused: %s', async (_, input, error) => {
    expect(await ask({ model: 'embedder', ...input })).toMatchObject(error);
  });

  it('in a batch fail row by row', async () => {
    const batch = `mutation ($items: [PredictInput!]!) { predictBatch(input: { items: $items }) { results { __typename
      ... on Prediction { ...answer } ... on PredictionFailure { index code } } } } fragment answer on Prediction { outputs { data } }`;
    const items = [{ tensors: [tokens, mask] }, { tensors: [tokens] }].map((item) => ({ model: 'embedder', ...item }));
    expect((await house.client.ask(batch, { items })).data.predictBatch.results).toEqual([
      { __typename: 'Prediction', outputs: [{ data: [3, 2] }] },
      { __typename: 'PredictionFailure', index: 1, code: 'INVALID_INPUT' },
    ]);
  });
});
