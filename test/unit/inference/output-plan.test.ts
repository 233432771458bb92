import type { Manifest } from '../../../src/inference/manifest';
import { readOnnxGraph } from '../../../src/inference/onnx-graph';
import { planOutput } from '../../../src/inference/output-plan';
import type { ModelKind } from '../../../src/model-registry/model-version';
import { node, onnxModel, tensorValue } from '../../integration/inference/onnx-model';

const x = tensorValue('x', 'FP32', ['N', 2]);
const scores = (columns: number) => tensorValue('scores', 'FP32', ['N', columns]);
const plan = (model: Parameters<typeof onnxModel>[0], manifest: Manifest = {}, kind: ModelKind = 'tabular') =>
  planOutput(readOnnxGraph(onnxModel(model)), manifest, kind);
const label = tensorValue('label', 'INT64', ['N']);
const regressor = node('TreeEnsembleRegressor', ['x'], ['scores'], {}, 'ai.onnx.ml');
const plain = (output: ReturnType<typeof tensorValue>, operator = 'Abs') => ({
  inputs: [x],
  outputs: [output],
  nodes: [node(operator, ['x'], ['scores'])],
});
const classifier = (name: string, labels: readonly bigint[] | readonly string[]) =>
  node(
    'LinearClassifier',
    ['x'],
    [`${name} label`, name],
    { [typeof labels[0] === 'string' ? 'classlabels_strings' : 'classlabels_ints']: labels },
    'ai.onnx.ml',
  );

describe('planOutput', () => {
  it.each([
    ['Softmax', '', false],
    ['Sigmoid', '', false],
    ['TreeEnsembleClassifier', 'ai.onnx.ml', false],
    ['Relu', '', true],
    ['LogSoftmax', '', true],
  ])('behind %s%s, softmax is applied: %s', (operator, domain, applies) => {
    const nodes = [
      node(operator, ['x'], ['inner'], {}, domain),
      node('Cast', ['inner'], ['cast'], { to: 1 }),
      node('Identity', ['cast'], ['scores']),
    ];
    expect(plan({ inputs: [x], outputs: [scores(3)], nodes })).toMatchObject({ appliesSoftmax: applies });
  });

  it("takes an exporter's word for probabilities, beside a label", () => {
    const nodes = [node('Abs', ['x'], ['probabilities']), node('ArgMax', ['x'], ['label'])];
    const outputs = [tensorValue('label', 'INT64', ['N']), tensorValue('probabilities', 'FP32', ['N', 2])];
    expect(plan({ inputs: [x], outputs, nodes })).toMatchObject({
      decisionName: 'label',
      scoresName: 'probabilities',
      appliesSoftmax: false,
    });
    expect(plan({ inputs: [x], outputs, nodes }, { output: { scores: 'logits' } })).toMatchObject({ appliesSoftmax: true });
  });

  it('takes the labels of an ensemble, not those of its members', () => {
    const nodes = [classifier('member', [0n, 1n]), classifier('scores', ['cat', 'dog'])];
    expect(plan({ inputs: [x], outputs: [scores(2)], nodes })).toMatchObject({
      classLabels: ['cat', 'dog'],
      decisionValues: ['cat', 'dog'],
    });
  });

  it("lets the manifest rename classes, and still understands the model's own labels", () => {
    const nodes = [classifier('scores', [7n, 9n])];
    const outputs = [tensorValue('scores label', 'INT64', ['N']), scores(2)];
    expect(plan({ inputs: [x], outputs, nodes }, { classLabels: ['seven', 'nine'] })).toMatchObject({
      classLabels: ['seven', 'nine'],
      decisionValues: ['7', '9'],
    });
  });

  it("reads a decision by text as one of the manifest's classes where the model names none", () => {
    const nodes = [node('Abs', ['x'], ['scores']), node('LabelEncoder', ['x'], ['label'], {}, 'ai.onnx.ml')];
    const outputs = [tensorValue('label', 'BYTES', ['N']), scores(2)];
    expect(plan({ inputs: [x], outputs, nodes }, { classLabels: ['cat', 'dog'] })).toMatchObject({ decisionValues: ['cat', 'dog'] });
  });

  it('is a regression with one column, unless the manifest says classification: then of two classes', () => {
    const model = { inputs: [x], outputs: [scores(1)], nodes: [node('Sigmoid', ['x'], ['scores'])] };
    expect(plan(model)).toEqual({ task: 'regression', valueName: 'scores' });
    expect(plan(model, { task: 'classification' })).toMatchObject({ classLabels: ['0', '1'], appliesSoftmax: false });
  });

  it.each<[string, Parameters<typeof onnxModel>[0], Manifest, ModelKind]>([
    ['a label alone', { inputs: [x], outputs: [label], nodes: [node('ArgMax', ['x'], ['label'])] }, {}, 'tabular'],
    ['several values of a regression', { inputs: [x], outputs: [scores(3)], nodes: [regressor] }, {}, 'tabular'],
    ['several values that the manifest calls a regression', plain(scores(3)), { task: 'regression' }, 'tabular'],
    ['boxes', plain(tensorValue('scores', 'FP32', ['N', 100, 4])), {}, 'image'],
    ['columns of a raw model', plain(scores(3)), {}, 'raw'],
    ['rows of probabilities', plain(tensorValue('scores', 'FP32', ['N', 'T', 3]), 'Softmax'), {}, 'raw'],
  ])('has nothing to say of %s', (_, model, manifest, kind) => {
    expect(plan(model, manifest, kind)).toEqual({ task: 'raw' });
  });

  it('knows the classes of a raw model by their labels, or by the end of its graph', () => {
    expect(plan(plain(scores(2)), { classLabels: ['cat', 'dog'] }, 'raw')).toMatchObject({ task: 'classification', appliesSoftmax: true });
    expect(plan(plain(scores(2), 'Softmax'), {}, 'raw')).toMatchObject({ task: 'classification', appliesSoftmax: false });
    expect(plan(plain(scores(1)), { task: 'regression' }, 'raw')).toEqual({ task: 'regression', valueName: 'scores' });
  });

  it.each<[string, readonly [string, 'FP32' | 'INT64', readonly (number | string)[]], Manifest, RegExp]>([
    ['no scores, though one was promised', ['label', 'INT64', ['N']], { task: 'regression' }, /label.*is a float tensor/],
    ['a label where scores were promised', ['label', 'INT64', ['N']], { output: { name: 'label' } }, /"label".*no float tensor/],
    ['an open number of classes', ['scores', 'FP32', ['N', 'C']], {}, /number of classes.*classLabels/],
  ])('refuses a model with %s', (_, [name, type, shape], manifest, sentence) => {
    const model = { inputs: [x], outputs: [tensorValue(name, type, shape)], nodes: [node('Abs', ['x'], [name])] };
    expect(() => plan(model, manifest)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(sentence) }),
    );
  });
});
