import { BoundedQueue } from '../../concurrency/bounded-queue';
import type { PredictionEvent } from '../../events/event';
import type { PredictionObserver } from '../../prediction/prediction-observer';

interface Watcher {
  readonly model: string;
  readonly sampleRate: number;
  readonly queue: BoundedQueue<PredictionEvent>;
}

/** Predictions on this replica as they are made. A reader that is too slow misses the oldest ones; nothing grows. */
export class PredictionFeed implements PredictionObserver {
  readonly #random: () => number;
  readonly #capacity: number;
  readonly #watchers = new Set<Watcher>();

  /** `random`: uniform on [0, 1). */
  constructor(random: () => number, capacity = 256) {
    this.#random = random;
    this.#capacity = capacity;
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  succeeded(event: PredictionEvent): void {
    for (const { model, sampleRate, queue } of this.#watchers) {
      if (model === event.model && this.#random() < sampleRate) queue.push(event);
    }
  }

  /** Failures have no event outside experiments, so the feed leaves them to the statistics. */
  failed(): void {}

  /** `sampleRate`: the share of predictions that is passed on, above 0 and up to 1. */
  watch(model: string, sampleRate: number): AsyncIterableIterator<PredictionEvent> {
    const queue = new BoundedQueue<PredictionEvent>(this.#capacity, () => this.#watchers.delete(watcher));
    const watcher: Watcher = { model, sampleRate, queue };
    this.#watchers.add(watcher);
    return queue;
  }
}
