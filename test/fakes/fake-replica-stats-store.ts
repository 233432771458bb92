import type { ReplicaStats } from '../../src/live-stats/replica-stats';
import type { ReplicaStatsStore } from '../../src/live-stats/replica-stats-store';

const liveMs = 10_000;

/** `nowMs` is the clock of the shared database. `failure`, when set, fails every call. */
export class FakeReplicaStatsStore implements ReplicaStatsStore {
  readonly published = new Map<string, { readonly stats: ReplicaStats; readonly atMs: number }>();
  nowMs = 0;
  failure: Error | null = null;

  async publish(stats: ReplicaStats): Promise<void> {
    this.#mayFail();
    this.published.set(stats.replicaId, { stats, atMs: this.nowMs });
  }

  async others(replicaId: string): Promise<readonly ReplicaStats[]> {
    this.#mayFail();
    const live = [...this.published.values()].filter(({ atMs }) => this.nowMs - atMs < liveMs);
    return live.map(({ stats }) => stats).filter((stats) => stats.replicaId !== replicaId);
  }

  async withdraw(replicaId: string): Promise<void> {
    this.#mayFail();
    this.published.delete(replicaId);
  }

  #mayFail(): void {
    if (this.failure) throw this.failure;
  }
}
