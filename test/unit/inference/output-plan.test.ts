import type { Manifest } from '../../../src/inference/manifest';
import { readOnnxGraph } from '../../../src/inference/onnx-graph';
import { planOutput } from '../../../src/inference/output-plan';
import { node, onnxModel, tensorValue } from '../../integration/inference/onnx-model';

const x = tensorValue('x', 'FP32', ['N', 2]);
const scores = (columns: number) => tensorValue('scores', 'FP32', ['N', columns]);
const plan = (model: Parameters<typeof onnxModel>[0], manifest: Manifest = {}) =>
  planOutput(readOnnxGraph(onnxModel(model)), manifest, 'tabular');
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
    ['TreeEnsembleRegressor', 'ai.onnx.ml', true],
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

  it.each<[string, readonly [string, 'FP32' | 'INT64', readonly (number | string)[]], Manifest, RegExp]>([
    ['no scores', ['label', 'INT64', ['N']], {}, /label.*is a float tensor/],
    ['an open number of classes', ['scores', 'FP32', ['N', 'C']], {}, /number of classes.*classLabels/],
  ])('refuses a model with %s', (_, [name, type, shape], manifest, sentence) => {
    const model = { inputs: [x], outputs: [tensorValue(name, type, shape)], nodes: [node('Abs', ['x'], [name])] };
    expect(() => plan(model, manifest)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(sentence) }),
    );
  });
});
