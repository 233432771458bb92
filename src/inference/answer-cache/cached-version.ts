import type { InferenceRequest, InferenceResult, LoadedVersion, ModelInput, TensorInference } from '../../model-registry/inference-engine';
import type { Tensor } from '../../open-inference/tensor';
import { TakenRequests } from '../taken-requests';
import { VersionAround } from '../version-around';
import { InputKeys } from './input-keys';
import { KeptAnswers, type KeptAnswersOptions } from './kept-answers';

export interface CachedVersionOptions extends KeptAnswersOptions {
  readonly inner: LoadedVersion;
  /** Hex digest of all that decides what it answers. */
  readonly identity: string;
}

/** Spares a version what it has computed already. An answer stays an answer to its own request; only the computation is left out. */
export class CachedVersion extends VersionAround {
  readonly #elapsedMs: () => number;
  readonly #keys: InputKeys;
  readonly #predictions: KeptAnswers<InferenceResult>;
  readonly #tensors: KeptAnswers<TensorInference>;
  readonly #taken = new TakenRequests();

  constructor(options: CachedVersionOptions) {
    super(options.inner);
    this.#elapsedMs = options.elapsedMs;
    this.#keys = new InputKeys(options.identity, options.inner.description);
    this.#predictions = new KeptAnswers(options);
    this.#tensors = new KeptAnswers(options);
  }

  override infer(input: ModelInput, request: InferenceRequest = {}): Promise<InferenceResult> {
    return this.#taken.answer(() => this.#infer(input, request));
  }

  override inferTensors(inputs: readonly Tensor[], request: InferenceRequest = {}): Promise<TensorInference> {
    return this.#taken.answer(async () => {
      const key = await this.#keys.ofTensors(inputs);
      return this.#tensors.get(key, request, (mine) => this.inner.inferTensors(inputs, mine));
    });
  }

  /** What was taken is answered first, also what waits for another's computation: it may yet have to be computed for it alone. */
  override unload(): Promise<void> {
    return this.#taken.close(() => this.inner.unload());
  }

  async #infer(input: ModelInput, request: InferenceRequest): Promise<InferenceResult> {
    const startedAtMs = this.#elapsedMs();
    const asked = await this.#keys.of(input, request.wantsOutputs === true);
    if (asked === null) return this.inner.infer(input, request);
    const compute = async (mine: InferenceRequest) => {
      const result = await this.inner.infer(input, mine);
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
}
