import type { CallerSignal } from '../../concurrency/caller-signal';
import { SharedWork } from '../../concurrency/shared-work';
import { AppError } from '../../errors';
import type { InferenceRequest, InferenceTiming } from '../../model-registry/inference-engine';
import type { Tensor } from '../../open-inference/tensor';
import { callerError } from '../caller-errors';
import { decodeAnswer, encodeAnswer, outputBytes } from './answer-codec';
import type { AnswerStore } from './answer-store';

export interface KeptAnswersOptions {
  readonly store: AnswerStore;
  readonly ttlMs: number;
  /** Answers with more than this in their outputs are not kept. */
  readonly maxOutputBytes: number;
  readonly elapsedMs: () => number;
  /** Told of each answer that was kept, or just being computed for somebody else (`isHit`), and of each that had to be computed. */
  readonly onLookup: (lookup: { readonly isHit: boolean; readonly ms: number }) => void;
}

interface Timed {
  readonly timing: InferenceTiming;
  readonly outputs?: readonly Tensor[] | undefined;
}

type Untimed<T extends Timed> = Omit<T, 'timing'>;
export type Compute<T> = (request: InferenceRequest) => Promise<T>;

interface Found<T> {
  readonly answer: T;
  readonly isKept: boolean;
}

/** What befell the one who was first, and is nothing to the others. */
const ownersReasons: readonly string[] = ['DEADLINE_EXCEEDED', 'CANCELLED', 'OVERLOADED'];
const nothingDone: InferenceTiming = { queueMs: 0, preprocessMs: 0, inferenceMs: 0, postprocessMs: 0, batchSize: 0 };

/** Answers of one version by the keys of their inputs: from the store, else computed once for all who ask at the same time. */
export class KeptAnswers<T extends Timed> {
  readonly #options: KeptAnswersOptions;
  readonly #underWay: SharedWork<Found<T>>;

  constructor(options: KeptAnswersOptions) {
    this.#options = options;
    this.#underWay = new SharedWork(options.elapsedMs);
  }

  /** An answer that was not computed for this request says so: it was in no batch. @throws AppError */
  async get(key: string, request: InferenceRequest, compute: Compute<T>): Promise<T> {
    const { elapsedMs, onLookup } = this.#options;
    for (;;) {
      const startedAtMs = elapsedMs();
      let isFirst = false;
      const run = (signal: CallerSignal) => {
        isFirst = true;
        return this.#find(key, { ...request, signal }, compute);
      };
      try {
        // Nobody waits for somebody who is less urgent.
        const { answer, isKept } = await this.#underWay.get(`${request.priority ?? ''} ${key}`, run, request);
        if (isFirst && !isKept) return answer;
        const ms = elapsedMs() - startedAtMs;
        onLookup({ isHit: true, ms });
        return { ...answer, timing: isFirst ? { ...nothingDone, preprocessMs: ms } : { ...nothingDone, queueMs: ms } };
      } catch (error) {
        if (isFirst || request.signal?.aborted || !isOwners(error)) throw callerError(error) ?? error;
      }
    }
  }

  async #find(key: string, request: InferenceRequest, compute: Compute<T>): Promise<Found<T>> {
    const { store, elapsedMs, onLookup } = this.#options;
    const startedAtMs = elapsedMs();
    const bytes = await store.get(key);
    const kept = bytes && decodeAnswer<Untimed<T>>(bytes);
    if (kept) return { answer: { ...kept, timing: nothingDone } as unknown as T, isKept: true };
    let ms = elapsedMs() - startedAtMs;
    try {
      const answer = await compute(request);
      const computedAtMs = elapsedMs();
      this.#keep(key, answer);
      ms += elapsedMs() - computedAtMs;
      return { answer, isKept: false };
    } finally {
      onLookup({ isHit: false, ms });
    }
  }

  #keep(key: string, { timing: _, ...answer }: T): void {
    const { store, ttlMs, maxOutputBytes } = this.#options;
    if (outputBytes(answer) <= maxOutputBytes) void store.put(key, encodeAnswer(answer), ttlMs);
  }
}

function isOwners(error: unknown): boolean {
  return error instanceof AppError && ownersReasons.includes(error.code);
}
