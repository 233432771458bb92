import type { ServerResponse } from 'node:http';
import type { CallerSignal } from '../concurrency/caller-signal';

/**
 * Aborted when the client went away before its answer was complete. It looks at the response when it is asked: an AbortController and its
 * listeners for each request would cost several microseconds, and nearly nobody listens.
 */
export class DisconnectSignal implements CallerSignal {
  readonly #response: ServerResponse;
  /** What was hung on the response for each listener; null: nobody listens, as nearly always. */
  #hooks: Map<() => void, () => void> | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get aborted(): boolean {
    const { destroyed, closed, writableFinished } = this.#response;
    return (destroyed || closed) && !writableFinished;
  }

  /** Each listener is told at most once: nobody comes back after he has gone. */
  addEventListener(_type: 'abort', listener: () => void): void {
    this.#hooks ??= new Map();
    if (this.#hooks.has(listener)) return;
    const hook = () => {
      this.#hooks?.delete(listener);
      if (this.aborted) listener();
    };
    this.#hooks.set(listener, hook);
    this.#response.once('close', hook);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const hook = this.#hooks?.get(listener);
    if (!hook) return;
    this.#hooks?.delete(listener);
    this.#response.off('close', hook);
  }
}
