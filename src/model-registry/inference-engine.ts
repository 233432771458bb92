import type { CallerSignal } from '../concurrency/caller-signal';
import type { Priority } from '../concurrency/row-queue';
import type { AppError } from '../errors';
import type { Answer, InputFeatures, JsonObject } from '../events/event';
import type { Tensor } from '../open-inference/tensor';
import type { ModelDescription, ModelFolder } from './model-version';

/** One row as the client sent it; the engine validates it against the version's signature. */
export type ModelInput =
  | { readonly kind: 'image'; readonly bytes: Uint8Array }
  /** Named features, or the single key `values` with an array in declared order. */
  | { readonly kind: 'features'; readonly features: JsonObject }
  /** The inputs of the graph as they are, of any kind of model. */
  | { readonly kind: 'tensors'; readonly tensors: readonly Tensor[] };

export interface InferenceRequest {
  /** Aborted when the client has gone: the row is dropped when it has not been dispatched yet. */
  readonly signal?: CallerSignal | undefined;
  /** Default `interactive`. */
  readonly priority?: Priority | undefined;
  /** Monotonic time (`performance.now()`) after which the answer is worth nothing. */
  readonly deadlineAtMs?: number | undefined;
  /** What whoever asks still needs before the deadline when the row has been answered; default 0. */
  readonly afterMs?: number | undefined;
  /** The row's outputs shall come with its answer. */
  readonly wantsOutputs?: boolean | undefined;
}

export interface InferenceTiming {
  readonly queueMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
  /** Reading the answers of the batch from its outputs. */
  readonly postprocessMs: number;
  /** 0: it was not computed for this request, but answered from the cache; then `inferenceMs` is 0, too. */
  readonly batchSize: number;
}

export interface InferenceResult {
  readonly answer: Answer;
  readonly inputFeatures: InputFeatures;
  readonly timing: InferenceTiming;
  /** Every output of the graph for this row; only where the request wanted them. */
  readonly outputs?: readonly Tensor[] | undefined;
}

/** What a version makes of tensors: every output of its graph. */
export interface TensorInference {
  readonly outputs: readonly Tensor[];
  /** The first dimension of the inputs. */
  readonly rows: number;
  readonly timing: InferenceTiming;
}

/** What answers for a version. */
export interface AnsweringVersion {
  readonly description: ModelDescription;
  /** Rows that wait for a worker. */
  readonly queueDepth: number;
  /** Why it would not answer now, though it is loaded; absent or null: it would. */
  readonly outage?: AppError | null;
  /**
   * Answers one row.
   * @throws AppError INVALID_INPUT (wrong kind of input), INVALID_IMAGE, IMAGE_TOO_LARGE, INVALID_FEATURES,
   *   OVERLOADED (details.retryAfterMs), DEADLINE_EXCEEDED, CANCELLED, MODEL_NOT_READY (it is being unloaded).
   */
  infer(input: ModelInput, request?: InferenceRequest): Promise<InferenceResult>;
  /**
   * Runs tensors through the graph as they are, in one piece, without a word about what they mean.
   * @throws AppError INVALID_INPUT (they are not what the model takes), BATCH_TOO_LARGE, and those of `infer` about time and load.
   */
  inferTensors(inputs: readonly Tensor[], request?: InferenceRequest): Promise<TensorInference>;
}

/** A version in memory, warmed up. */
export interface LoadedVersion extends AnsweringVersion {
  /** The very bytes that it runs: the folder may hold others by now. */
  readonly source: ModelSource;
  /** Answers what is queued, then frees the workers. */
  unload(): Promise<void>;
}

export interface ModelSource {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Of the files beside it that hold weights, in the order in which the graph names them. */
  readonly weightsSha256?: readonly string[];
}

/** Port: turns a version's folder into something that answers. */
export interface InferenceEngine {
  /**
   * @throws AppError INVALID_INPUT with a sentence that says what is wrong with the model or its manifest and what to do; MODEL_NOT_READY when
   *   the very same files may be loaded later.
   */
  load(folder: ModelFolder): Promise<LoadedVersion>;
  stop(): Promise<void>;
}

/** Port: finds the folders `<model>/<version>/model.onnx` of the repository. */
export interface ModelRepository {
  scan(): Promise<readonly FoundFolder[]>;
  /** One version as its folder is now; null: there is no such folder. */
  find(model: string, version: string): Promise<FoundFolder | null>;
  /** Every folder that `scan` would find, without reading what is in it. */
  fingerprints(): Promise<readonly FolderFingerprint[]>;
}

/** A folder that cannot be served (no model.onnx, unreadable manifest) is found with its `problem`, never left out. */
export type FoundFolder = ModelFolder | BrokenModelFolder;

export interface BrokenModelFolder {
  readonly model: string;
  readonly version: string;
  readonly directory: string;
  readonly problem: string;
  readonly fingerprint: string;
}

export interface FolderFingerprint {
  readonly model: string;
  readonly version: string;
  readonly fingerprint: string;
}
