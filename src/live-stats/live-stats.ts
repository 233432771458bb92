import { LatestValue } from '../concurrency/latest-value';
import type { Logger } from '../events/logger';
import type { ReplicaStats } from './replica-stats';
import type { ReplicaStatsStore } from './replica-stats-store';
import { type ServingFilter, type ServingStatsSnapshot, servingSnapshot } from './serving-snapshot';
import { VersionCounters } from './version-counters';

export interface LiveStatsOptions {
  readonly replicaId: string;
  readonly store: ReplicaStatsStore;
  readonly queueDepth: (model: string, version: string) => number;
  readonly now: () => Date;
  readonly logger: Logger;
  readonly publishIntervalMs?: number;
}

interface Producer {
  readonly latest: LatestValue<ServingStatsSnapshot>;
  readonly timer: NodeJS.Timeout;
}

const defaultPublishIntervalMs = 1_000;

/** Counts what is served here, tells the other replicas, and shows the sum of all. */
export class LiveStats {
  readonly #options: LiveStatsOptions;
  readonly #startedAtMs: number;
  readonly #counters = new Map<string, { readonly model: string; readonly version: string; readonly counters: VersionCounters }>();
  readonly #producers = new Map<string, Producer>();
  #others: readonly ReplicaStats[] = [];
  #timer: NodeJS.Timeout | null = null;
  #publishing: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: LiveStatsOptions) {
    this.#options = options;
    this.#startedAtMs = options.now().getTime();
  }

  recordSucceeded(row: {
    readonly model: string;
    readonly version: string;
    readonly totalMs: number;
    readonly inferenceMs: number;
    readonly batchSize: number;
  }): void {
    this.#of(row.model, row.version).succeeded(row, this.#options.now().getTime());
  }

  /** What was refused before a model or version was chosen is counted under no name. */
  recordFailed({ model, version }: { readonly model: string | null; readonly version: string | null }): void {
    this.#of(model ?? '', version ?? '').failed(this.#options.now().getTime());
  }

  snapshot(filter: ServingFilter): ServingStatsSnapshot {
    return servingSnapshot([this.#own(), ...this.#others], filter, this.#options.now().getTime());
  }

  /** The present state at once, then the newest each `intervalMs`: one producer for all that watch the same. */
  watch(filter: ServingFilter, intervalMs: number, signal?: AbortSignal): AsyncIterableIterator<ServingStatsSnapshot> {
    const key = JSON.stringify([filter.model, filter.version, intervalMs]);
    const producer = this.#producers.get(key) ?? this.#produce(key, filter, intervalMs);
    const watcher = producer.latest.watch(() => {
      if (producer.latest.watcherCount > 0) return;
      clearInterval(producer.timer);
      this.#producers.delete(key);
    });
    signal?.addEventListener('abort', () => void watcher.return?.(), { once: true });
    return watcher;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#publishing = this.exchange()
        .catch((error: unknown) => this.#options.logger.debug('replica_stats_not_exchanged', { error }))
        .finally(() => {
          if (!this.#isStopped) this.start();
        });
    }, this.#options.publishIntervalMs ?? defaultPublishIntervalMs);
    this.#timer.unref();
  }

  /** Publishes what was counted here and reads what the others published. */
  async exchange(): Promise<void> {
    await this.#options.store.publish(this.#own());
    this.#others = await this.#options.store.others(this.#options.replicaId);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const { latest, timer } of this.#producers.values()) {
      clearInterval(timer);
      latest.close();
    }
    await this.#publishing;
    await this.#options.store.withdraw(this.#options.replicaId).catch(() => {});
  }

  #produce(key: string, filter: ServingFilter, intervalMs: number): Producer {
    const latest = new LatestValue<ServingStatsSnapshot>();
    latest.set(this.snapshot(filter));
    const timer = setInterval(() => latest.set(this.snapshot(filter)), intervalMs);
    timer.unref();
    const producer = { latest, timer };
    this.#producers.set(key, producer);
    return producer;
  }

  #own(): ReplicaStats {
    const nowMs = this.#options.now().getTime();
    const versions = [...this.#counters.values()].map(({ model, version, counters }) =>
      counters.stats(nowMs, this.#options.queueDepth(model, version)),
    );
    return { replicaId: this.#options.replicaId, startedAtMs: this.#startedAtMs, asOfMs: nowMs, versions };
  }

  #of(model: string, version: string): VersionCounters {
    const key = JSON.stringify([model, version]);
    const entry = this.#counters.get(key) ?? { model, version, counters: new VersionCounters(model, version) };
    this.#counters.set(key, entry);
    return entry.counters;
  }
}
