import type { ErrorCode } from '../errors';
import type { InputFeatures } from '../events/event';
import type { Device } from '../model-registry/model-version';
import type { Tensor } from '../open-inference/tensor';
import type { ImageLimits } from './decode-image';
import type { ImagePlan } from './image-plan';
import type { MemoryMessage } from './picture-memory';

/**
 * What crosses between the main thread and an inference worker. What comes back is transferred; what goes there is copied, so that the rows of
 * a thread that dies are still here to be sent to another. Pictures go there as files: these are small, and their pixels belong to the thread
 * that decodes them.
 */

/** Of threads that compute, below the one that answers: who waits for a core there keeps all clients waiting, and these threads themselves. */
export const workerNiceness = 3;

export interface WorkerSettings {
  /** Of the model, perhaps rewritten; in memory that threads share, so that a worker that starts later runs the same ones. */
  readonly model: Uint8Array;
  /** Weights that lie beside the model, by the path that it names. */
  readonly externalFiles: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** Present for image models: the worker decodes, and does the steps. */
  readonly image: ImagePlan | null;
  readonly imageLimits: ImageLimits;
  readonly device: Device;
  /** That compute one batch. */
  readonly threadCount: number;
  /** Rows that the graph always wants; null: any number. */
  readonly fixedBatchSize: number | null;
  /** Outputs that can be read; null: all of them. */
  readonly outputNames: readonly string[] | null;
}

export type WireTensor = Tensor;

export type WorkerJob = { readonly id: number } & (
  | { readonly kind: 'images'; readonly files: readonly Uint8Array[] }
  | { readonly kind: 'tensors'; readonly rows: number; readonly tensors: readonly WireTensor[] }
);

/** A row that is no picture, or too large a one. */
export interface RefusedRow {
  readonly row: number;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface WorkerResult {
  /** What is said of refused rows means nothing; empty where all were refused. */
  readonly outputs: readonly WireTensor[];
  /** One a row for images, empty otherwise. */
  readonly inputFeatures: readonly InputFeatures[];
  readonly refused: readonly RefusedRow[];
  /** Of the whole batch. */
  readonly preprocessMs: number;
  readonly inferenceMs: number;
}

export type WorkerMessage<Result = WorkerResult> =
  | MemoryMessage
  | { readonly kind: 'ready' }
  /** `culprit`: what has to be mended. */
  | { readonly kind: 'failed'; readonly culprit: 'model' | 'device'; readonly message: string }
  | { readonly kind: 'result'; readonly id: number; readonly result: Result }
  | { readonly kind: 'error'; readonly id: number; readonly message: string };
