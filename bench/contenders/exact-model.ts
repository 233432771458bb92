import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeImage } from '../../src/inference/decode-image';
import { tabularTensors } from '../../src/inference/feeds';
import { JpegDecoder } from '../../src/inference/jpeg-decoder';
import type { ModelPlan } from '../../src/inference/model-plan';
import { defaultImageLimits } from '../../src/inference/picture-memory';
import { PicturePreparation } from '../../src/inference/picture-tensor';
import { readAnswers } from '../../src/inference/read-answer';
import type { WireTensor } from '../../src/inference/worker-protocol';
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
  readonly #jpegs = new JpegDecoder();
  #pictures: PicturePreparation | null = null;

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
      if (answer.kind === 'raw') throw new Error('a model whose answer cannot be told right from wrong cannot be measured');
      return answer.kind === 'classification' ? { predictedClass: answer.classIndex } : { value: answer.value };
    });
  }

  async #tensorOf(inputs: readonly CeilingInput[]): Promise<WireTensor> {
    const { input } = this.#plan;
    if (input.kind === 'image') {
      const files = inputs.flatMap((one) => ('image' in one ? [one.image] : []));
      this.#pictures ??= new PicturePreparation(input.image);
      return this.#pictures.tensorOf(await Promise.all(files.map((bytes) => decodeImage(bytes, defaultImageLimits, this.#jpegs))));
    }
    if (input.kind === 'raw') throw new Error('only models of images or rows can be measured');
    const rows = inputs.flatMap((one) => ('row' in one ? [one.row] : []));
    const [tensor, ...others] = tabularTensors(input.inputs, rows);
    if (!tensor || others.length > 0 || tensor.datatype !== 'FP32')
      throw new Error('only models with one float32 input can be measured; this one has others');
    return tensor;
  }
}
