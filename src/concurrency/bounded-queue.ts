/**
 * A queue between one producer and one slow reader that never grows beyond `capacity`: the oldest item leaves for the newest,
 * and `dropped` says how many did. Reading is by `for await`; `return()` settles a read that waits.
 */
export class BoundedQueue<T> implements AsyncIterableIterator<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  readonly #onClose: () => void;
  #waiting: ((result: IteratorResult<T>) => void)[] = [];
  #isClosed = false;
  #dropped = 0;

  /** @throws RangeError when the capacity is not a positive whole number. */
  constructor(capacity: number, onClose: () => void = () => {}) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`capacity must be a positive whole number, not ${capacity}`);
    this.#capacity = capacity;
    this.#onClose = onClose;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(item: T): void {
    if (this.#isClosed) return;
    const reader = this.#waiting.shift();
    if (reader) {
      reader({ value: item, done: false });
      return;
    }
    this.#items.push(item);
    if (this.#items.length > this.#capacity) {
      this.#items.shift();
      this.#dropped++;
    }
  }

  /** Ends the queue: what waits is still read, then the reader sees the end. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const reader of this.#waiting) reader({ value: undefined, done: true });
    this.#waiting = [];
    this.#onClose();
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#items.length > 0) return Promise.resolve({ value: this.#items.shift() as T, done: false });
    if (this.#isClosed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<T>> {
    this.#items.length = 0;
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
