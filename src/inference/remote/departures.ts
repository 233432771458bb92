import type { CallerSignal } from '../../concurrency/caller-signal';

/** Aborts work that several callers share, once the last of them has gone. */
export class Departures {
  readonly #signals: readonly (CallerSignal | undefined)[];
  readonly #all = new AbortController();
  readonly #onAbort = () => {
    if (this.#signals.every((signal) => signal?.aborted)) this.#all.abort();
  };

  /** Undefined: a caller that stays. */
  constructor(signals: readonly (CallerSignal | undefined)[]) {
    this.#signals = signals;
    for (const signal of signals) signal?.addEventListener('abort', this.#onAbort);
    this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#all.signal;
  }

  /** The work is over; nobody is listened for any more. */
  end(): void {
    for (const signal of this.#signals) signal?.removeEventListener('abort', this.#onAbort);
  }
}
