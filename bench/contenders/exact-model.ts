import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeImage } from '../../src/inference/decode-image';
import { tabularTensors } from '../../src/inference/feeds';
import { applyPictureSteps, pixelScale } from '../../src/inference/image-pipeline';
import type { ImagePlan } from '../../src/inference/image-plan';
import type { ModelPlan } from '../../src/inference/model-plan';
import { defaultImageLimits } from '../../src/inference/picture-decoder';
import { readAnswers } from '../../src/inference/read-answer';
import type { WireTensor } from '../../src/inference/worker-protocol';
import { ImageKernels } from '../../src/tensor/image-kernels';
import { levelTables, writeTensor } from '../../src/tensor/image-steps';
import type { RightAnswer } from '../serving/workload';

/** One thing to predict from: an encoded image, or a row of features. */
export type CeilingInput = { readonly image: Uint8Array } | { readonly row: readonly number[] };

const oneThread: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
};

/** The product's own steps from encoded bytes to an answer, one after another, with nothing around them. */
export class ExactModel {
  readonly #plan: ModelPlan;
  readonly #session: InferenceSession;
  readonly #kernels = new ImageKernels();

  private constructor(plan: ModelPlan, session: InferenceSession) {
    this.#plan = plan;
    this.#session = session;
  }

  static async load(plan: ModelPlan, path: string): Promise<ExactModel> {
    return new ExactModel(plan, await InferenceSession.create(path, oneThread));
  }

  async predict(inputs: readonly CeilingInput[]): Promise<readonly RightAnswer[]> {
    const tensor = await this.#tensorOf(inputs);
    const outputs = await this.#session.run({ [tensor.name]: new Tensor('float32', tensor.data as Float32Array, [...tensor.shape]) });
    const wire = this.#session.outputNames.map((name): WireTensor => {
      const { data, dims, type } = outputs[name] as Tensor;
      return { name, datatype: type === 'int64' ? 'INT64' : 'FP32', shape: dims, data: data as WireTensor['data'] };
    });
    return readAnswers(this.#plan.output, wire, inputs.length).map((answer) => {
      if (answer instanceof Error) throw answer;
      return answer.kind === 'classification' ? { predictedClass: answer.classIndex } : { value: answer.value };
    });
  }

  async #tensorOf(inputs: readonly CeilingInput[]): Promise<WireTensor> {
    const { input } = this.#plan;
    if (input.kind === 'image') {
      const images = inputs.flatMap((one) => ('image' in one ? [one.image] : []));
      return imageTensor(this.#kernels, images, input.image);
    }
    const rows = inputs.flatMap((one) => ('row' in one ? [one.row] : []));
    const [tensor, ...others] = tabularTensors(input.inputs, rows);
    if (!tensor || others.length > 0 || tensor.datatype !== 'FP32')
      throw new Error('only models with one float32 input can be measured; this one has others');
    return tensor;
  }
}

async function imageTensor(kernels: ImageKernels, images: readonly Uint8Array[], plan: ImagePlan): Promise<WireTensor> {
  const tables = levelTables(pixelScale(plan.steps), plan.channels);
  const rowLength = plan.channels * plan.width * plan.height;
  const data = new Float32Array(images.length * rowLength);
  const decoded = await Promise.all(images.map((bytes) => decodeImage(bytes, defaultImageLimits)));
  for (const [row, image] of decoded.entries())
    writeTensor(kernels, applyPictureSteps(kernels, image, plan.steps), tables, plan.placement, data, row * rowLength);
  const sides = plan.placement.layout === 'NCHW' ? [plan.channels, plan.height, plan.width] : [plan.height, plan.width, plan.channels];
  return { name: plan.inputName, datatype: 'FP32', shape: [images.length, ...sides], data };
}
