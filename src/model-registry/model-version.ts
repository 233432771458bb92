import type { Datatype } from '../open-inference/tensor';

export type TensorDatatype = Datatype;

export interface TensorSignature {
  readonly name: string;
  readonly datatype: TensorDatatype;
  /** -1: a dimension that the request decides. */
  readonly shape: readonly number[];
}

/** `raw`: tensors as the graph takes them, since nothing says what they mean. */
export type ModelKind = 'image' | 'tabular' | 'raw';
/** `raw`: the outputs are the answer, since nothing says what they mean. */
export type ModelTask = 'classification' | 'regression' | 'raw';

export interface FeatureSignature {
  readonly name: string;
  readonly datatype: TensorDatatype;
}

/** One step of image preprocessing, with torchvision's names and meanings. */
export type PreprocessingStep =
  | { readonly type: 'Resize'; readonly size: number | readonly [number, number]; readonly interpolation: 'bilinear' | 'bicubic' }
  | { readonly type: 'CenterCrop'; readonly size: readonly [number, number] }
  | { readonly type: 'Grayscale' }
  | { readonly type: 'ToTensor' }
  | { readonly type: 'PILToTensor' }
  | { readonly type: 'Normalize'; readonly mean: readonly number[]; readonly std: readonly number[] };

/** What a version can be asked to run on. */
export type Device = 'cpu' | 'cuda';

/** `throughput`: a thread for each batch, several batches at once. `latency`: all threads on one batch. */
export type ThreadProfile = 'throughput' | 'latency';

/** How the threads of a version share its work. */
export interface ThreadPlan {
  readonly profile: ThreadProfile;
  /** Batches that run at once. */
  readonly workers: number;
  /** That compute one batch. */
  readonly threadsPerWorker: number;
  /** Why this one: who asked for it, or what was measured. */
  readonly reason: string;
}

/** All that is known of a version once it is loaded. */
export interface ModelDescription {
  readonly kind: ModelKind;
  readonly task: ModelTask;
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
  readonly classLabels: readonly string[];
  /** Tabular: the features in the order of the tensor. Otherwise empty. */
  readonly features: readonly FeatureSignature[];
  /** Image: the steps as they are executed (declared, or the default derived from the input's shape). Otherwise empty. */
  readonly preprocessing: readonly PreprocessingStep[];
  readonly layout: 'NCHW' | 'NHWC' | null;
  readonly channelOrder: 'RGB' | 'BGR' | null;
  /** Names of the drift features that this version's predictions carry, in order. */
  readonly driftFeatures: readonly string[];
  /** `cpu`, `cuda`, or `remote`: another server computes it. */
  readonly device: Device | 'remote';
  /** Null: another server computes it, or it is not loaded. */
  readonly threads: ThreadPlan | null;
  /** Number of weights; null when it cannot be told. */
  readonly parameterCount: number | null;
}

/** A version's folder as found on disk. */
export interface ModelFolder {
  readonly model: string;
  readonly version: string;
  readonly directory: string;
  readonly sizeBytes: number;
  /** Of `model.onnx`, hex; of `model.json` where another server has the model. */
  readonly sha256: string;
  /** The text of `model.json`, read once; `{}` where there is none. */
  readonly manifest: string;
  /** What the manifest says for the repository itself; the rest of it is read by the engine. */
  readonly wantsChampion: boolean;
  readonly wantedLabels: readonly string[];
  /** Another one: something in the folder has changed. */
  readonly fingerprint: string;
}

/** One version as it is seen from outside; what each state means: `version-life.ts`. READY: size and hash are those of what serves. */
export type ModelVersion = { readonly model: string; readonly version: string; readonly sizeBytes: number; readonly sha256: string } & (
  | {
      readonly state: 'READY';
      readonly description: ModelDescription;
      readonly loadedAt: Date;
      /** Why the files that lie there now could not take over from what serves. */
      readonly reloadError: string | null;
    }
  | { readonly state: 'FAILED'; readonly error: string }
  | { readonly state: 'LOADING' | 'DRAINING' | 'UNLOADED' }
);
