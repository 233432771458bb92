import type { ReplicaStats } from './replica-stats';

/** Port: lets replicas that share a database add up their statistics. */
export interface ReplicaStatsStore {
  publish(stats: ReplicaStats): Promise<void>;
  /** What the other replicas published within the last 10 s (this replica's own row is left out). */
  others(replicaId: string): Promise<readonly ReplicaStats[]>;
  withdraw(replicaId: string): Promise<void>;
}
