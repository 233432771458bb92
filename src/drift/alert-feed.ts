import { BoundedQueue } from '../concurrency/bounded-queue';
import type { DriftAlert, DriftSeverity } from './drift-alert';
import { isAtLeast } from './drift-report';

export interface AlertWatch {
  readonly model?: string;
  readonly minSeverity: DriftSeverity;
}

interface Watcher {
  readonly watch: AlertWatch;
  readonly queue: BoundedQueue<DriftAlert>;
}

/** Tells each subscriber of each change of an alert, once, from whichever replica it came. */
export class AlertFeed {
  readonly #capacity: number;
  readonly #watchers = new Set<Watcher>();
  /** Time of the last change that was told, by alert. */
  readonly #told = new Map<string, number>();

  constructor(capacity = 256) {
    this.#capacity = capacity;
  }

  watch(watch: AlertWatch): BoundedQueue<DriftAlert> {
    const queue = new BoundedQueue<DriftAlert>(this.#capacity, () => this.#watchers.delete(watcher));
    const watcher: Watcher = { watch, queue };
    this.#watchers.add(watcher);
    return queue;
  }

  publish(alerts: readonly DriftAlert[]): void {
    for (const alert of alerts) {
      if (this.#told.get(alert.id) === alert.updatedAt.getTime()) continue;
      this.#told.set(alert.id, alert.updatedAt.getTime());
      for (const { watch, queue } of this.#watchers) if (matches(alert, watch)) queue.push(alert);
    }
  }

  /** Forgets changes older than any that can still be read again. */
  forgetBefore(timeMs: number): void {
    for (const [id, toldMs] of this.#told) if (toldMs < timeMs) this.#told.delete(id);
  }

  close(): void {
    for (const { queue } of [...this.#watchers]) queue.close();
  }
}

export function matches(alert: DriftAlert, { model, minSeverity }: AlertWatch): boolean {
  return (model === undefined || alert.model === model) && isAtLeast(alert.severity, minSeverity);
}
