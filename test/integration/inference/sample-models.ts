import { externalWeights, floatWeights, integerWeights, mapsValue, node, onnxModel, tensorValue } from './onnx-model';

/** Two features to three scores: x, y and x + y. */
const twoToThree = floatWeights('w', [2, 3], [1, 0, 1, 0, 1, 1]);

/** Logits of three classes, with no word about labels. */
export const linear = onnxModel({
  inputs: [tensorValue('x', 'FP32', ['N', 2])],
  outputs: [tensorValue('scores', 'FP32', ['N', 3])],
  nodes: [node('MatMul', ['x', 'w'], ['scores'])],
  weights: [twoToThree],
});

/** The same graph with its weights in a file of their own. */
export const linearWithWeightsIn = (location: string) =>
  onnxModel({
    inputs: [tensorValue('x', 'FP32', ['N', 2])],
    outputs: [tensorValue('scores', 'FP32', ['N', 3])],
    nodes: [node('MatMul', ['x', 'w'], ['scores'])],
    weights: [externalWeights('w', [2, 3], location)],
  });

/** The same graph, made for exactly three rows. */
export const threeRows = onnxModel({
  inputs: [tensorValue('x', 'FP32', [3, 2])],
  outputs: [tensorValue('scores', 'FP32', [3, 3])],
  nodes: [node('MatMul', ['x', 'w'], ['scores'])],
  weights: [twoToThree],
});

/** Says that it takes any number of rows, but reshapes to one. */
export const oneRowOnly = onnxModel({
  inputs: [tensorValue('x', 'FP32', ['N', 2])],
  outputs: [tensorValue('scores', 'FP32', ['N', 3])],
  nodes: [node('Reshape', ['x', 'one row'], ['row']), node('MatMul', ['row', 'w'], ['scores'])],
  weights: [twoToThree, integerWeights('one row', [2], [1n, 2n])],
});

/** Ends in a softmax of its own. */
export const withSoftmax = onnxModel({
  inputs: [tensorValue('x', 'FP32', ['N', 2])],
  outputs: [tensorValue('scores', 'FP32', ['N', 3])],
  nodes: [node('MatMul', ['x', 'w'], ['logits']), node('Softmax', ['logits'], ['scores'], { axis: 1 })],
  weights: [twoToThree],
});

/** One feature under 5 or not: a tree with labels 10 and 20, and its probabilities as a sequence of maps. */
export const treeWithZipMap = onnxModel({
  inputs: [tensorValue('x', 'FP32', ['N', 1])],
  outputs: [tensorValue('label', 'INT64', ['N']), mapsValue('probability')],
  nodes: [
    node(
      'TreeEnsembleClassifier',
      ['x'],
      ['label', 'tensor'],
      {
        nodes_treeids: [0n, 0n, 0n],
        nodes_nodeids: [0n, 1n, 2n],
        nodes_featureids: [0n, 0n, 0n],
        nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
        nodes_values: { floats: [5, 0, 0] },
        nodes_truenodeids: [1n, 0n, 0n],
        nodes_falsenodeids: [2n, 0n, 0n],
        class_treeids: [0n, 0n, 0n, 0n],
        class_nodeids: [1n, 1n, 2n, 2n],
        class_ids: [0n, 1n, 0n, 1n],
        class_weights: { floats: [0.75, 0.25, 0.125, 0.875] },
        classlabels_int64s: [10n, 20n],
        post_transform: 'NONE',
      },
      'ai.onnx.ml',
    ),
    node('ZipMap', ['tensor'], ['probability'], { classlabels_int64s: [10n, 20n] }, 'ai.onnx.ml'),
  ],
});

/** x / y as one value a row. */
export const quotient = onnxModel({
  inputs: [tensorValue('x', 'FP32', ['N', 1]), tensorValue('y', 'FP32', ['N', 1])],
  outputs: [tensorValue('value', 'FP32', ['N', 1])],
  nodes: [node('Div', ['x', 'y'], ['value'])],
});

/** Looks a value up in a table of three, at a place that the row says: the runtime refuses any other place. */
export const lookUp = onnxModel({
  inputs: [tensorValue('place', 'INT64', ['N', 1])],
  outputs: [tensorValue('value', 'FP32', ['N', 1])],
  nodes: [node('Gather', ['table', 'place'], ['value'])],
  weights: [floatWeights('table', [3], [0.5, 1.5, 2.5])],
});

/** The mean level of a picture, as the probability of the second of two classes. */
export const meanLevel = onnxModel({
  inputs: [tensorValue('image', 'FP32', ['N', 3, 4, 4])],
  outputs: [tensorValue('white', 'FP32', ['N', 1])],
  nodes: [node('ReduceMean', ['image'], ['mean'], { axes: [1n, 2n, 3n], keepdims: 0 }), node('Reshape', ['mean', 'column'], ['white'])],
  weights: [integerWeights('column', [2], [-1n, 1n])],
});

export const unknownOperator = onnxModel({
  inputs: [tensorValue('x', 'FP32', ['N', 2])],
  outputs: [tensorValue('y', 'FP32', ['N', 2])],
  nodes: [node('NobodyKnowsThis', ['x'], ['y'])],
});
