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
import { InputKeys } from './input-keys';
import { KeptAnswers, type KeptAnswersOptions } from './kept-answers';

export interface CachedVersionOptions extends KeptAnswersOptions {
  readonly inner: LoadedVersion;
  /** Hex digest of all that decides what it answers. */
  readonly identity: string;
}

/** Spares a version what it has computed already. An answer stays an answer to its own request; only the computation is left out. */
export class CachedVersion implements LoadedVersion {
  readonly #inner: LoadedVersion;
  readonly #elapsedMs: () => number;
  readonly #keys: InputKeys;
  readonly #predictions: KeptAnswers<InferenceResult>;
  readonly #tensors: KeptAnswers<TensorInference>;
  readonly #answering = new Set<Promise<unknown>>();
  #unloading: Promise<void> | null = null;

  constructor(options: CachedVersionOptions) {
    this.#inner = options.inner;
    this.#elapsedMs = options.elapsedMs;
    this.#keys = new InputKeys(options.identity, options.inner.description);
    this.#predictions = new KeptAnswers(options);
    this.#tensors = new KeptAnswers(options);
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

  get outage(): AppError | null {
    return this.#inner.outage ?? null;
  }

  infer(input: ModelInput, request: InferenceRequest = {}): Promise<InferenceResult> {
    return this.#whileLoaded(() => this.#infer(input, request));
  }

  inferTensors(inputs: readonly Tensor[], request: InferenceRequest = {}): Promise<TensorInference> {
    return this.#whileLoaded(async () => {
      const key = await this.#keys.ofTensors(inputs);
      return this.#tensors.get(key, request, (mine) => this.#inner.inferTensors(inputs, mine));
    });
  }

  /** What was taken is answered first, also what waits for another's computation: it may yet have to be computed for it alone. */
  unload(): Promise<void> {
    this.#unloading ??= Promise.allSettled(this.#answering).then(() => this.#inner.unload());
    return this.#unloading;
  }

  async #infer(input: ModelInput, request: InferenceRequest): Promise<InferenceResult> {
    const startedAtMs = this.#elapsedMs();
    const asked = await this.#keys.of(input, request.wantsOutputs === true);
    if (asked === null) return this.#inner.infer(input, request);
    const compute = async (mine: InferenceRequest) => {
      const result = await this.#inner.infer(input, mine);
      // What is known from the input itself need not be kept: of a table's row it would be most of what is.
      return asked.inputFeatures ? { ...result, inputFeatures: {} } : result;
    };
    const readMs = this.#elapsedMs() - startedAtMs;
    const { timing, ...result } = await this.#predictions.get(asked.key, request, compute);
    return {
      ...result,
      // As it was sent, not as another wrote it whose row reads the same.
      inputFeatures: asked.inputFeatures ?? result.inputFeatures,
      timing: { ...timing, preprocessMs: timing.preprocessMs + readMs },
    };
  }

  async #whileLoaded<T>(answer: () => Promise<T>): Promise<T> {
    if (this.#unloading) throw new AppError('MODEL_NOT_READY', 'This version is being unloaded.');
    const answering = answer();
    this.#answering.add(answering);
    try {
      return await answering;
    } finally {
      this.#answering.delete(answering);
    }
  }
}
