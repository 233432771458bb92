import type { Answer, InputFeatures } from '../events/event';
import type { InferenceRequest } from '../model-registry/inference-engine';
import type { Tensor } from '../open-inference/tensor';
import type { TabularRow } from './tabular-row';

export type PreparedRow = (
  | { readonly kind: 'image'; readonly file: Uint8Array }
  | { readonly kind: 'tabular'; readonly row: TabularRow }
) & {
  /** Who asked; absent: nobody waits for it. */
  readonly request?: InferenceRequest;
};

export interface RowOutput {
  readonly answer: Answer;
  readonly inputFeatures: InputFeatures;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
  readonly postprocessMs: number;
  /** Only where the row's request wanted them. */
  readonly outputs?: readonly Tensor[] | undefined;
}

export interface TensorOutput {
  readonly outputs: readonly Tensor[];
  readonly preprocessMs: number;
  readonly inferenceMs: number;
}

/** What computes for a version: its worker threads here, or a server elsewhere. */
export interface VersionRunner {
  /** Answers the rows in order; a row's own failure is an Error in its place. */
  run(rows: readonly PreparedRow[]): Promise<readonly (RowOutput | Error)[]>;
  /** One request, whole. */
  runTensors(rows: number, inputs: readonly Tensor[], request: InferenceRequest): Promise<TensorOutput>;
}
