import { BoundedQueue } from '../concurrency/bounded-queue';
import type { DriftAlert, DriftSeverity } from './drift-alert';
import { isAtLeast } from './drift-severity';

export interface AlertWatch {
  readonly model?: string;
  readonly minSeverity: DriftSeverity;
}

/** One subscriber: is told each change once, in the order of time for each alert, from whichever replica it came. */
class AlertWatcher {
  readonly queue: BoundedQueue<DriftAlert>;
  readonly watch: AlertWatch;
  isOpened = false;
  /** Time of the last change that was told, by alert. */
  readonly #told = new Map<string, number>();
  /** Open alerts that the subscriber knows of: it hears of their end even when they have become milder than it asked for. */
  readonly #known = new Set<string>();

  constructor(watch: AlertWatch, queue: BoundedQueue<DriftAlert>) {
    this.watch = watch;
    this.queue = queue;
  }

  offer(alert: DriftAlert): void {
    const changedMs = alert.updatedAt.getTime();
    if (changedMs <= (this.#told.get(alert.id) ?? Number.NEGATIVE_INFINITY)) return;
    this.#told.set(alert.id, changedMs);
    // The end of what it never knew of is no news.
    if (!this.#known.has(alert.id) && (alert.state === 'RESOLVED' || !this.#asksFor(alert))) return;
    if (alert.state === 'RESOLVED') this.#known.delete(alert.id);
    else this.#known.add(alert.id);
    this.queue.push(alert);
  }

  forgetBefore(timeMs: number): void {
    for (const [id, toldMs] of this.#told) if (toldMs < timeMs) this.#told.delete(id);
  }

  #asksFor(alert: DriftAlert): boolean {
    const { model, minSeverity } = this.watch;
    return (model === undefined || alert.model === model) && isAtLeast(alert.severity, minSeverity);
  }
}

/** The subscribers of alerts. Each has a queue of its own that never grows beyond `capacity`: a slow reader misses the oldest changes. */
export class AlertFeed {
  readonly #capacity: number;
  readonly #watchers = new Set<AlertWatcher>();

  constructor(capacity = 256) {
    this.#capacity = capacity;
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  watch(watch: AlertWatch): BoundedQueue<DriftAlert> {
    const queue = new BoundedQueue<DriftAlert>(this.#capacity, () => this.#watchers.delete(watcher));
    const watcher = new AlertWatcher(watch, queue);
    this.#watchers.add(watcher);
    return queue;
  }

  /** Tells those who came since the last call what is open. @param readOpen open alerts, oldest first */
  async openNew(readOpen: () => Promise<readonly DriftAlert[]>): Promise<void> {
    const waiting = [...this.#watchers].filter((watcher) => !watcher.isOpened);
    if (waiting.length === 0) return;
    const alerts = await readOpen();
    for (const watcher of waiting) {
      watcher.isOpened = true;
      for (const alert of alerts) watcher.offer(alert);
    }
  }

  publish(alerts: readonly DriftAlert[]): void {
    for (const watcher of this.#watchers) for (const alert of alerts) watcher.offer(alert);
  }

  /** Forgets changes older than any that can still be read again. */
  forgetBefore(timeMs: number): void {
    for (const watcher of this.#watchers) watcher.forgetBefore(timeMs);
  }

  close(): void {
    for (const { queue } of [...this.#watchers]) queue.close();
  }
}
