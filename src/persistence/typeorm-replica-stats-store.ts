import type { DataSource } from 'typeorm';
import type { ReplicaStats } from '../live-stats/replica-stats';
import type { ReplicaStatsStore } from '../live-stats/replica-stats-store';
import { withDatabase } from './database-errors';

/** Times are the database's own, so that replicas with different clocks agree on who is live. */
export class TypeormReplicaStatsStore implements ReplicaStatsStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async publish(stats: ReplicaStats): Promise<void> {
    await withDatabase(() =>
      this.#dataSource.query(
        `INSERT INTO replica_stats (replica_id, stats, published_at) VALUES ($1, $2, now())
         ON CONFLICT (replica_id) DO UPDATE SET stats = excluded.stats, published_at = excluded.published_at`,
        [stats.replicaId, JSON.stringify(stats)],
      ),
    );
  }

  async others(replicaId: string): Promise<readonly ReplicaStats[]> {
    const rows: readonly { readonly stats: ReplicaStats }[] = await withDatabase(() =>
      this.#dataSource.query(`SELECT stats FROM replica_stats WHERE replica_id <> $1 AND published_at > now() - interval '10 seconds'`, [
        replicaId,
      ]),
    );
    return rows.map((row) => row.stats);
  }

  async withdraw(replicaId: string): Promise<void> {
    await withDatabase(() =>
      this.#dataSource.query(`DELETE FROM replica_stats WHERE replica_id = $1 OR published_at < now() - interval '1 hour'`, [replicaId]),
    );
  }
}
