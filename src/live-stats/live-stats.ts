import { LatestValue } from '../concurrency/latest-value';
import type { ExperimentAssignment, PredictionTiming } from '../events/event';
import type { Logger } from '../events/logger';
import type { FailedPrediction, InferredTensors, PredictionObserver, TensorObserver } from '../prediction/prediction-observer';
import type { ReplicaStats } from './replica-stats';
import type { ReplicaStatsStore } from './replica-stats-store';
import type { VersionStatistics } from './request-tallies';
import { type ServingFilter, type ServingStatsSnapshot, servingSnapshot } from './serving-snapshot';
import { stages } from './stage-times';
import { VariantClocks } from './variant-clocks';
import { type VariantLatency, variantLatencies } from './variant-latencies';
import { VersionCounters } from './version-counters';

export interface LiveStatsOptions {
  readonly replicaId: string;
  readonly store: ReplicaStatsStore;
  readonly queueDepth: (model: string, version: string) => number;
  readonly now: () => Date;
  readonly logger: Logger;
  readonly publishIntervalMs?: number;
}

/** As much of a prediction's event as is counted. */
interface AnsweredRow {
  readonly model: string;
  readonly version: string;
  readonly assignments: readonly ExperimentAssignment[];
  readonly timing: PredictionTiming;
}

interface CacheLookup {
  readonly model: string;
  readonly version: string;
  readonly isHit: boolean;
  readonly ms: number;
}

interface Producer {
  readonly latest: LatestValue<ServingStatsSnapshot>;
  readonly timer: NodeJS.Timeout;
}

const defaultPublishIntervalMs = 1_000;
/** What others published is forgotten when it could not be read again for so long: they may be gone. */
const othersValidMs = 10_000;
/** Rows of more versions than this are counted together: names from outside must not fill the memory. */
const maxVersions = 1_000;

/** A replica of another build, while an upgrade rolls, may have counted in other buckets: it is left out until it is replaced. */
function isCountedAlike({ versions, variants }: ReplicaStats): boolean {
  return Array.isArray(variants) && versions.every((version) => stages.every((stage) => version.stages?.[stage] !== undefined));
}

/** Counts what is served here, once for GraphQL, the page and `/v2`; tells the other replicas, and shows the sum of all. */
export class LiveStats implements PredictionObserver, TensorObserver {
  readonly #options: LiveStatsOptions;
  readonly #startedAtMs: number;
  readonly #counters = new Map<string, Map<string, VersionCounters>>();
  #versionCount = 0;
  readonly #variants = new VariantClocks();
  readonly #producers = new Map<string, Producer>();
  #others: readonly ReplicaStats[] = [];
  #othersReadAtMs = 0;
  #isReachable = true;
  #timer: NodeJS.Timeout | null = null;
  #publishing: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: LiveStatsOptions) {
    this.#options = options;
    this.#startedAtMs = options.now().getTime();
  }

  succeeded({ model, version, assignments, timing }: AnsweredRow): void {
    this.#of(model, version).succeeded(timing, 1, this.#options.now().getTime());
    this.#variants.add(assignments, timing);
  }

  inferred({ model, version, rows, timing }: InferredTensors): void {
    this.#of(model, version).succeeded(timing, rows, this.#options.now().getTime());
  }

  /** What was refused before a model or version was chosen is counted under no name. */
  failed({ model, version, totalMs }: Pick<FailedPrediction, 'model' | 'version' | 'totalMs'>): void {
    this.#of(model ?? '', version ?? '').failed(totalMs, this.#options.now().getTime());
  }

  /** A version with a cache looked whether it has the answer. */
  lookedUp({ model, version, isHit, ms }: CacheLookup): void {
    this.#of(model, version).lookedUp(isHit, ms);
  }

  /** What one version did on this replica, by requests. */
  of(model: string, version: string): VersionStatistics {
    return (this.#counters.get(model)?.get(version) ?? new VersionCounters(model, version)).statistics();
  }

  snapshot(filter: ServingFilter): ServingStatsSnapshot {
    const nowMs = this.#options.now().getTime();
    return servingSnapshot(this.#replicas(nowMs), filter, nowMs);
  }

  /** How long the rows of each variant took; of those that have answered. */
  variantLatencies(experiment: string): readonly VariantLatency[] {
    return variantLatencies(this.#replicas(this.#options.now().getTime()), experiment);
  }

  /** The present state at once, then the newest each `intervalMs`: one producer for all that watch the same. */
  watch(filter: ServingFilter, intervalMs: number, signal?: AbortSignal): AsyncIterableIterator<ServingStatsSnapshot> {
    const key = JSON.stringify([filter.model, filter.version, intervalMs]);
    const producer = this.#producers.get(key) ?? this.#produce(key, filter, intervalMs);
    const onAbort = () => void watcher.return?.();
    const watcher = producer.latest.watch(() => {
      signal?.removeEventListener('abort', onAbort);
      if (producer.latest.watcherCount > 0) return;
      clearInterval(producer.timer);
      this.#producers.delete(key);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    return startingNow(watcher, () => this.snapshot(filter));
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#publishing = this.exchange().finally(() => {
        if (!this.#isStopped) this.start();
      });
    }, this.#options.publishIntervalMs ?? defaultPublishIntervalMs);
    this.#timer.unref();
  }

  /** Publishes what was counted here and reads what the others published. A failure is logged when it begins; the next exchange tries again. */
  async exchange(): Promise<void> {
    const { store, replicaId, now, logger } = this.#options;
    try {
      await store.publish(this.own());
      this.#others = (await store.others(replicaId)).filter(isCountedAlike);
      this.#othersReadAtMs = now().getTime();
      this.#isReachable = true;
    } catch (error) {
      if (this.#isReachable) logger.warn('replica_stats_not_exchanged', { error });
      this.#isReachable = false;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const { latest } of [...this.#producers.values()]) latest.close();
    await this.#publishing;
    await this.#options.store.withdraw(this.#options.replicaId).catch((error: unknown) => {
      // The others forget this replica by themselves, a few seconds later.
      this.#options.logger.debug('replica_stats_not_withdrawn', { error });
    });
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

  #replicas(nowMs: number): readonly ReplicaStats[] {
    const others = nowMs - this.#othersReadAtMs <= othersValidMs ? this.#others : [];
    return [this.own(), ...others];
  }

  /** What this replica counted itself. */
  own(): ReplicaStats {
    const nowMs = this.#options.now().getTime();
    const versions = [...this.#counters].flatMap(([model, counters]) =>
      [...counters].map(([version, one]) => one.stats(nowMs, this.#options.queueDepth(model, version))),
    );
    return {
      replicaId: this.#options.replicaId,
      startedAtMs: this.#startedAtMs,
      asOfMs: nowMs,
      versions,
      variants: this.#variants.times(),
    };
  }

  #of(model: string, version: string): VersionCounters {
    const known = this.#counters.get(model)?.get(version);
    if (known) return known;
    if (this.#versionCount >= maxVersions && (model !== '' || version !== '')) return this.#of('', '');
    const counters = new VersionCounters(model, version);
    const versions = this.#counters.get(model) ?? new Map<string, VersionCounters>();
    this.#counters.set(model, versions.set(version, counters));
    this.#versionCount++;
    return counters;
  }
}

/** The first value is the present one: what the producer made last may be an interval old. */
function startingNow<T>(values: AsyncIterableIterator<T>, present: () => T): AsyncIterableIterator<T> {
  let isFirst = true;
  return {
    next: async () => {
      const result = await values.next();
      if (result.done || !isFirst) return result;
      isFirst = false;
      return { value: present(), done: false };
    },
    return: async () => (await values.return?.()) ?? { value: undefined, done: true },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
