import type { AppError } from '../../errors';
import type { VersionStatistics } from '../../live-stats/request-tallies';
import type { TensorInference } from '../../model-registry/inference-engine';
import type { RegisteredModel, ServedVersion } from '../../model-registry/model-registry';
import type { Tensor } from '../../open-inference/tensor';
import type { TensorRequest } from '../../prediction/tensor-predictor';

/** What this room needs of the features. */
export interface OpenInferenceServices {
  readonly server: { readonly name: string; readonly version: string };
  readonly registry: {
    models(): readonly RegisteredModel[];
    model(name: string): RegisteredModel;
    resolve(model: string, versionOrLabel: string | null): ServedVersion;
  };
  /** Version null: all of them. */
  readonly control: {
    load(model: string, version: string | null): Promise<void>;
    unload(model: string, version: string | null): Promise<void>;
  };
  readonly tensors: {
    infer(served: ServedVersion, inputs: readonly Tensor[], request: TensorRequest): Promise<TensorInference>;
    refuse(error: AppError, served: ServedVersion | null): AppError;
  };
  readonly statistics: { of(model: string, version: string): VersionStatistics };
}
