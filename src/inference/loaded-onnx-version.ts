import { Batcher } from '../concurrency/batcher';
import { QueueFullError } from '../concurrency/batcher-errors';
import type { BatcherOptions } from '../concurrency/batcher-options';
import { AppError } from '../errors';
import type { Answer, InputFeatures } from '../events/event';
import type {
  InferenceRequest,
  InferenceResult,
  LoadedVersion,
  ModelInput,
  ModelSource,
  TensorInference,
} from '../model-registry/inference-engine';
import type { ModelDescription } from '../model-registry/model-version';
import type { Tensor } from '../open-inference/tensor';
import { callerError } from './caller-errors';
import { countRows } from './check-tensors';
import type { InputPlan, ModelPlan } from './model-plan';
import { readAnswers } from './read-answer';
import { readable } from './runtime-words';
import { TabularReader } from './tabular-row';
import { TakenRequests } from './taken-requests';
import { rowFeatures, tensorFeatures } from './tensor-features';
import { TensorQueue } from './tensor-queue';
import type { PreparedRow, RowOutput, VersionRunner } from './version-runner';
import { RuntimeRefusal, WorkerLostError } from './worker-seat';

type RowInput = Exclude<ModelInput, { kind: 'tensors' }>;

export interface LoadedVersionOptions {
  readonly source: ModelSource;
  readonly plan: ModelPlan;
  readonly runner: VersionRunner;
  readonly batching: BatcherOptions;
  /** Frees the workers; called once, when all that was taken is answered. */
  readonly onUnload: () => Promise<void>;
}

/** A version that answers: rows are read here, batched, and run by its worker threads (or by a server elsewhere). */
export class LoadedOnnxVersion implements LoadedVersion {
  readonly #options: LoadedVersionOptions;
  readonly #batcher: Batcher<PreparedRow, RowOutput>;
  readonly #tensors: TensorQueue;
  readonly #taken = new TakenRequests();
  readonly #tabular: TabularReader;

  constructor(options: LoadedVersionOptions) {
    this.#options = options;
    this.#tabular = new TabularReader(options.plan.description.features);
    this.#batcher = new Batcher((rows) => options.runner.run(rows), options.batching);
    this.#tensors = new TensorQueue(options.runner, options.batching, options.plan.fixedBatchSize);
  }

  get source(): ModelSource {
    return this.#options.source;
  }

  get description(): ModelDescription {
    return this.#options.plan.description;
  }

  get queueDepth(): number {
    return this.#batcher.queueDepth + this.#tensors.queueDepth;
  }

  async infer(input: ModelInput, request: InferenceRequest = {}): Promise<InferenceResult> {
    return this.#taken.answer(() =>
      input.kind === 'tensors' ? this.#answerTensors(input.tensors, request) : this.#answer(input, request),
    );
  }

  async inferTensors(inputs: readonly Tensor[], request: InferenceRequest = {}): Promise<TensorInference> {
    return this.#taken.answer(() => this.#runTensors(this.#countRows(inputs), inputs, request));
  }

  #countRows(inputs: readonly Tensor[]): number {
    const { description, fixedBatchSize } = this.#options.plan;
    return countRows(description.inputs, fixedBatchSize, inputs);
  }

  async #runTensors(rows: number, inputs: readonly Tensor[], request: InferenceRequest): Promise<TensorInference> {
    return this.#tensors.submit(rows, inputs, request).catch((error: unknown) => {
      if (!(error instanceof RuntimeRefusal)) throw toAppError(error);
      throw new AppError('INVALID_INPUT', `The model does not take these tensors: ${readable(error.message)}`, { cause: error });
    });
  }

  /** One prediction of what was sent as tensors: of a row, where the answer is that of a row. */
  async #answerTensors(inputs: readonly Tensor[], request: InferenceRequest): Promise<InferenceResult> {
    const { plan } = this.#options;
    const rows = this.#countRows(inputs);
    if (plan.output.task !== 'raw' && rows !== 1) {
      throw new AppError(
        'INVALID_INPUT',
        `A prediction of this model is one row, not ${rows}. Send one in each of predictBatch's items, or all of them to /v2.`,
      );
    }
    const { outputs, timing } = await this.#runTensors(rows, inputs, request);
    const computedAtMs = performance.now();
    const answer: Answer | Error =
      plan.output.task === 'raw' ? { kind: 'raw' } : (readAnswers(plan.output, outputs, 1)[0] as Answer | Error);
    if (answer instanceof Error) throw new AppError('INTERNAL_SERVER_ERROR', `The model gave no usable answer: ${answer.message}.`);
    return {
      answer,
      inputFeatures: featuresOf(plan.input, inputs),
      timing: { ...timing, postprocessMs: performance.now() - computedAtMs },
      outputs: request.wantsOutputs ? outputs : undefined,
    };
  }

  /** Answers what was taken, also what is still being decoded, then frees the workers; a second call waits for the first. */
  unload(): Promise<void> {
    return this.#taken.close(async () => {
      await Promise.all([this.#batcher.close(), this.#tensors.close()]);
      await this.#options.onUnload();
    });
  }

  async #answer(input: RowInput, request: InferenceRequest): Promise<InferenceResult> {
    const { elapsedMs } = this.#options.batching;
    const startedAtMs = elapsedMs();
    try {
      const row = this.#read(input, request);
      const readMs = elapsedMs() - startedAtMs;
      const { output, queueMs, batchSize } = await this.#batcher.submit(row, { ...request, sizeBytes: sizeOf(row) });
      const { answer, inputFeatures, preprocessMs, inferenceMs, postprocessMs, outputs } = output;
      const timing = { queueMs, preprocessMs: readMs + preprocessMs, inferenceMs, postprocessMs, batchSize };
      return { answer, inputFeatures, timing, outputs };
    } catch (error) {
      throw toAppError(error);
    }
  }

  #read(input: RowInput, request: InferenceRequest): PreparedRow {
    const { plan } = this.#options;
    if (plan.input.kind === 'image' && input.kind === 'image') return { kind: 'image', file: input.bytes, request };
    if (plan.input.kind === 'image')
      throw new AppError('INVALID_INPUT', 'This model takes an image: send "image" (base64 or a data URI) or "imageFile", not "features".');
    if (plan.input.kind === 'raw')
      throw new AppError('INVALID_INPUT', `This model takes "tensors" (name, datatype, shape, data). Its inputs: ${inputsOf(plan)}.`);
    if (input.kind === 'features') return { kind: 'tabular', row: this.#tabular.read(input.features), request };
    throw new AppError('INVALID_INPUT', 'This model takes "features" (names and values), not an image.');
  }
}

function inputsOf({ description }: ModelPlan): string {
  return description.inputs.map(({ name, datatype, shape }) => `"${name}" ${datatype} [${shape.join(', ')}]`).join(', ');
}

/** What is recorded of tensors, and drift is measured on. A picture that comes as a tensor is no picture any more: it has no features. */
function featuresOf(input: InputPlan, tensors: readonly Tensor[]): InputFeatures {
  switch (input.kind) {
    case 'image':
      return {};
    case 'tabular':
      return rowFeatures(input.inputs, tensors);
    case 'raw':
      return tensorFeatures(input.recorded, tensors);
  }
}

function sizeOf(row: PreparedRow): number {
  return row.kind === 'image' ? row.file.byteLength : row.row.cells.length * 8;
}

/** Nothing but AppErrors leaves: whoever asked for many rows tells the failure of one by that. */
function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof QueueFullError) {
    return new AppError('OVERLOADED', `The server is busy; try again in ${error.retryAfterMs} ms.`, {
      details: { retryAfterMs: error.retryAfterMs },
      cause: error,
    });
  }
  const ofCaller = callerError(error);
  if (ofCaller) return ofCaller;
  if (error instanceof WorkerLostError)
    return new AppError('MODEL_NOT_READY', 'The version lost its workers twice on this row; it is being restarted.', { cause: error });
  const sentence =
    error instanceof RuntimeRefusal ? `The model failed on this row: ${readable(error.message)}` : 'The row could not be answered.';
  return new AppError('INTERNAL_SERVER_ERROR', sentence, { cause: error });
}
