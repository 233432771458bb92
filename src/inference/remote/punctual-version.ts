import { AppError } from '../../errors';
import type {
  InferenceRequest,
  InferenceResult,
  LoadedVersion,
  ModelInput,
  ModelSource,
  TensorInference,
} from '../../model-registry/inference-engine';
import type { ModelDescription } from '../../model-registry/model-version';
import type { Tensor } from '../../open-inference/tensor';

/** Lets each caller go at its own deadline: rows that travel together may have different ones, and their journey lasts as long as the last. */
export class PunctualVersion implements LoadedVersion {
  readonly #inner: LoadedVersion;
  readonly #elapsedMs: () => number;
  readonly #outage: () => AppError | null;

  /** @param outage why the server is not asked now; null: it is. */
  constructor(inner: LoadedVersion, elapsedMs: () => number, outage: () => AppError | null) {
    this.#inner = inner;
    this.#elapsedMs = elapsedMs;
    this.#outage = outage;
  }

  get outage(): AppError | null {
    return this.#outage();
  }

  get source(): ModelSource {
    return this.#inner.source;
  }

  get description(): ModelDescription {
    return this.#inner.description;
  }

  get queueDepth(): number {
    return this.#inner.queueDepth;
  }

  async infer(input: ModelInput, request: InferenceRequest = {}): Promise<InferenceResult> {
    const { deadlineAtMs } = request;
    const answering = this.#inner.infer(input, request);
    if (deadlineAtMs === undefined) return answering;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const onLate = () => reject(new AppError('DEADLINE_EXCEEDED', 'The remote server did not answer before the deadline.'));
      timer = setTimeout(onLate, Math.max(0, deadlineAtMs - this.#elapsedMs()));
    });
    try {
      return await Promise.race([answering, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  inferTensors(inputs: readonly Tensor[], request?: InferenceRequest): Promise<TensorInference> {
    return this.#inner.inferTensors(inputs, request);
  }

  unload(): Promise<void> {
    return this.#inner.unload();
  }
}
