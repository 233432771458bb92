import { createHash } from 'node:crypto';
import { aModelFolder, FakeInferenceEngine } from '../fakes/fake-inference-engine';
import { anOnnxEngine } from '../integration/inference/an-onnx-engine';
import { ModelFolders } from '../integration/inference/model-folders';
import { floatWeights, node, onnxModel, tensorValue } from '../integration/inference/onnx-model';
import { describeInferenceEngine } from './inference-engine.contract';

/** [1 - x, x], as the fake answers. */
const yesByX = onnxModel({
  inputs: [tensorValue('x', 'FP32', ['N', 1])],
  outputs: [tensorValue('p', 'FP32', ['N', 2])],
  nodes: [node('MatMul', ['x', 'slope'], ['product']), node('Add', ['product', 'offset'], ['p'])],
  weights: [floatWeights('slope', [1, 2], [-1, 1]), floatWeights('offset', [2], [1, 0])],
});
const manifest = JSON.stringify({
  classLabels: ['no', 'yes'],
  features: [{ name: 'x' }],
  output: { name: 'p', scores: 'probabilities' },
});

describeInferenceEngine('the fake', async () => ({ engine: new FakeInferenceEngine(), folder: aModelFolder('m', '1') }));

describe('with the runtime', () => {
  const folders = new ModelFolders();
  afterAll(() => folders.remove());

  describeInferenceEngine('onnxruntime in worker threads', async () => ({
    engine: anOnnxEngine(),
    folder: aModelFolder('m', '1', {
      directory: folders.add('m', '1', yesByX),
      sizeBytes: yesByX.length,
      sha256: createHash('sha256').update(yesByX).digest('hex'),
      manifest,
    }),
  }));
});
