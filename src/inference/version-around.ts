import type { AppError } from '../errors';
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

/** A version that is another one but for what a subclass does around it. */
export abstract class VersionAround implements LoadedVersion {
  protected readonly inner: LoadedVersion;

  constructor(inner: LoadedVersion) {
    this.inner = inner;
  }

  get outage(): AppError | null {
    return this.inner.outage ?? null;
  }

  get source(): ModelSource {
    return this.inner.source;
  }

  get description(): ModelDescription {
    return this.inner.description;
  }

  get queueDepth(): number {
    return this.inner.queueDepth;
  }

  infer(input: ModelInput, request?: InferenceRequest): Promise<InferenceResult> {
    return this.inner.infer(input, request);
  }

  inferTensors(inputs: readonly Tensor[], request?: InferenceRequest): Promise<TensorInference> {
    return this.inner.inferTensors(inputs, request);
  }

  unload(): Promise<void> {
    return this.inner.unload();
  }
}
