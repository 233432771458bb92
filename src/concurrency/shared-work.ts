import { AbortedError, DeadlineError } from './batcher-errors';
import type { CallerSignal } from './caller-signal';

export interface Caller {
  readonly signal?: CallerSignal | undefined;
  /** On the clock of the work; only who waits for another's work is held to it here, the work knows the deadline of who started it. */
  readonly deadlineAtMs?: number | undefined;
}

export type Run<T> = (signal: CallerSignal) => Promise<T>;

/**
 * Work that several want at the same time is done once: the first starts it, the others wait for it. Whoever goes leaves the rest their result;
 * the work is told to stop when nobody waits for it any more.
 */
export class SharedWork<T> {
  readonly #underWay = new Map<string, Work<T>>();
  readonly #elapsedMs: () => number;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** Keys whose work is under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /**
   * `run` is called, at once, if and only if nothing is under way for this key.
   * @throws AbortedError, DeadlineError for this caller, while the others go on; what the work throws.
   */
  get(key: string, run: Run<T>, caller: Caller): Promise<T> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay.wait(caller, this.#elapsedMs());
    const work: Work<T> = new Work<T>(run, () => {
      if (this.#underWay.get(key) === work) this.#underWay.delete(key);
    });
    this.#underWay.set(key, work);
    return work.wait({ signal: caller.signal }, this.#elapsedMs());
  }
}

class Work<T> {
  readonly #result: Promise<T>;
  readonly #onClosed: () => void;
  readonly #stop = new StopSignal();
  #waiting = 0;

  /** @param onClosed called once nobody may join it any more, perhaps twice. */
  constructor(run: Run<T>, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#result = run(this.#stop).finally(onClosed);
    // Everybody may have gone by the time it fails.
    this.#result.catch(() => {});
  }

  async wait({ signal, deadlineAtMs }: Caller, nowMs: number): Promise<T> {
    this.#waiting++;
    let isWaiting = true;
    const stopWaiting = () => {
      if (isWaiting) this.#waiting--;
      isWaiting = false;
    };
    let timer: NodeJS.Timeout | undefined;
    let onAbort = () => {};
    const left = new Promise<never>((_, reject) => {
      onAbort = () => {
        stopWaiting();
        if (this.#waiting > 0) reject(new AbortedError());
        // The last one stays to hear what became of the work: it may be past stopping.
        else this.#abandon();
      };
      const onLate = () => {
        stopWaiting();
        if (this.#waiting === 0) this.#abandon();
        reject(new DeadlineError());
      };
      if (deadlineAtMs !== undefined) timer = setTimeout(onLate, Math.max(0, deadlineAtMs - nowMs));
    });
    try {
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
      return await Promise.race([this.#result, left]);
    } finally {
      stopWaiting();
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #abandon(): void {
    this.#onClosed();
    this.#stop.abort();
  }
}

/** What the work is told by; an AbortController costs a microsecond or two, at each piece of work that nobody abandons. */
class StopSignal implements CallerSignal {
  aborted = false;
  readonly #listeners: (() => void)[] = [];

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at !== -1) this.#listeners.splice(at, 1);
  }

  abort(): void {
    this.aborted = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
