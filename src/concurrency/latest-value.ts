import { BoundedQueue } from './bounded-queue';

/** Fan-out of a state: each watcher gets the present value at once and then the newest one, however slowly it reads. */
export class LatestValue<T> {
  readonly #watchers = new Set<BoundedQueue<T>>();
  #value: { readonly current: T } | null = null;

  get watcherCount(): number {
    return this.#watchers.size;
  }

  set(value: T): void {
    this.#value = { current: value };
    for (const watcher of this.#watchers) watcher.push(value);
  }

  /** `onClose` is called once, when this watcher has left. */
  watch(onClose: () => void = () => {}): AsyncIterableIterator<T> {
    // A queue of one, where the newest replaces the oldest, is "the latest value".
    const watcher: BoundedQueue<T> = new BoundedQueue(1, () => {
      this.#watchers.delete(watcher);
      onClose();
    });
    this.#watchers.add(watcher);
    if (this.#value) watcher.push(this.#value.current);
    return watcher;
  }

  /** Ends all watchers. */
  close(): void {
    for (const watcher of [...this.#watchers]) watcher.close();
  }
}
