import type { ModelPlan } from '../../src/inference/model-plan';
import type { RightAnswer } from '../serving/workload';
import type { CeilingInput } from './exact-model';

/** What the bench asks the ceiling's process, and that its threads, one at a time. */

export interface CeilingModel {
  readonly name: string;
  readonly plan: ModelPlan;
  readonly path: string;
}

export type CeilingJob =
  | { readonly kind: 'answer'; readonly model: string; readonly inputs: readonly CeilingInput[] }
  | {
      readonly kind: 'run';
      readonly model: string;
      readonly inputs: readonly CeilingInput[];
      readonly answers: readonly RightAnswer[];
      readonly batchSize: number;
      readonly durationMs: number;
    };

export type CeilingResult =
  | { readonly kind: 'answers'; readonly answers: readonly RightAnswer[] }
  /** `rows` counts those of the warm-up too. */
  | { readonly kind: 'rate'; readonly perSecond: number; readonly rows: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string };
