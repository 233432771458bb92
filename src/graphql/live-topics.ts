import { LatestValue } from '../concurrency/latest-value';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';

/** Calls back each `intervalMs` until the function it returns is called. */
export type Every = (intervalMs: number, callback: () => void) => () => void;

export interface LiveTopicsOptions<T> {
  /** The present state of a topic. */
  readonly read: (topic: string) => Promise<T>;
  readonly every: Every;
  readonly logger: Logger;
}

interface Producer<T> {
  readonly latest: LatestValue<T>;
  readonly first: Promise<void>;
  readonly stop: () => void;
}

export const defaultIntervalMs = 1000;
const shortestIntervalMs = 100;
const longestIntervalMs = 60_000;
/** Each step is one reader of the database at most, however many intervals clients think of. */
const stepsMs = [shortestIntervalMs, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, longestIntervalMs];

/** @throws AppError BAD_USER_INPUT */
export function assertInterval(intervalMs: number): void {
  if (intervalMs >= shortestIntervalMs && intervalMs <= longestIntervalMs) return;
  throw new AppError('BAD_USER_INPUT', `intervalMs must be from ${shortestIntervalMs} to ${longestIntervalMs}, not ${intervalMs}.`);
}

/** The shortest step that is not more often than was asked for. */
function stepFor(intervalMs: number): number {
  return stepsMs.find((stepMs) => stepMs >= intervalMs) ?? longestIntervalMs;
}

/** One producer for each topic and step of the interval, however many watch it; it lives as long as somebody does. */
export class LiveTopics<T> {
  readonly #options: LiveTopicsOptions<T>;
  readonly #producers = new Map<string, Producer<T>>();

  constructor(options: LiveTopicsOptions<T>) {
    this.#options = options;
  }

  get producerCount(): number {
    return this.#producers.size;
  }

  /** The present state at once, then the newest one, at most each `intervalMs`. Rejects when the first read fails. */
  async watch(topic: string, intervalMs: number): Promise<AsyncIterableIterator<T>> {
    assertInterval(intervalMs);
    const stepMs = stepFor(intervalMs);
    const key = `${stepMs}:${topic}`;
    const producer = this.#producers.get(key) ?? this.#start(key, topic, stepMs);
    const watcher = producer.latest.watch(() => {
      if (producer.latest.watcherCount === 0) producer.stop();
    });
    try {
      await producer.first;
      return watcher;
    } catch (error) {
      await watcher.return?.();
      throw error;
    }
  }

  #start(key: string, topic: string, intervalMs: number): Producer<T> {
    const latest = new LatestValue<T>();
    let isReading = false;
    const readOnce = async () => {
      isReading = true;
      try {
        latest.set(await this.#options.read(topic));
      } finally {
        isReading = false;
      }
    };
    const endTicks = this.#options.every(intervalMs, () => {
      // A read that takes longer than the interval is not overtaken: the database would only get slower.
      if (isReading) return;
      readOnce().catch((error: unknown) => this.#options.logger.warn('live_topic_read_failed', { topic, error }));
    });
    const producer = {
      latest,
      first: readOnce(),
      stop: () => {
        endTicks();
        this.#producers.delete(key);
      },
    };
    this.#producers.set(key, producer);
    return producer;
  }
}
