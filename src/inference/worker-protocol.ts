import type { InputFeatures } from '../events/event';
import type { Device } from '../model-registry/model-version';
import type { Tensor } from '../open-inference/tensor';
import type { ByteImage } from '../tensor/pillow-resize';
import type { ImagePlan } from './image-plan';

/** What crosses between the main thread and an inference worker. Buffers are transferred, never shared: the runtime refuses shared ones. */

/** Of threads that compute, below the one that answers: who waits for a core there keeps all clients waiting, and these threads themselves. */
export const workerNiceness = 3;

export interface WorkerSettings {
  /** Of the model, perhaps rewritten; in memory that threads share, so that a worker that starts later runs the same ones. */
  readonly model: Uint8Array;
  /** Weights that lie beside the model, by the path that it names. */
  readonly externalFiles: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** Present for image models: the worker does the steps after decoding. */
  readonly image: ImagePlan | null;
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
  | { readonly kind: 'images'; readonly images: readonly ByteImage[] }
  | { readonly kind: 'tensors'; readonly rows: number; readonly tensors: readonly WireTensor[] }
);

export interface WorkerResult {
  readonly outputs: readonly WireTensor[];
  /** One a row for images, empty otherwise. */
  readonly inputFeatures: readonly InputFeatures[];
  /** Of the whole batch. */
  readonly preprocessMs: number;
  readonly inferenceMs: number;
}

export type WorkerMessage<Result = WorkerResult> =
  | { readonly kind: 'ready' }
  /** `culprit`: what has to be mended. */
  | { readonly kind: 'failed'; readonly culprit: 'model' | 'device'; readonly message: string }
  | { readonly kind: 'result'; readonly id: number; readonly result: Result }
  | { readonly kind: 'error'; readonly id: number; readonly message: string };
