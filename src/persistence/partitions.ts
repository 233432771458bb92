import type { DataSource, QueryRunner } from 'typeorm';
import type { Logger } from '../events/logger';
import { queryRows } from './query-rows';

const dayMs = 86_400_000;
const daysAhead = 7;
const daysBehind = 1;
const checkEveryMs = 3_600_000;
/** Tables that are partitioned by the day in a UUIDv7 key. */
const tables = ['prediction', 'prediction_label', 'shadow_prediction'] as const;
/** Any constant does, as long as nobody else in the database uses it. */
const createLock = 0x70617274;
const dropLock = 0x64726f70;

export const defaultRetentionDays = 90;

export interface PartitionsOptions {
  readonly dataSource: DataSource;
  readonly logger: Logger;
  readonly now: () => number;
  readonly retentionDays?: number;
}

/** Days since 1970 (UTC). */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs);
}

/** The smallest UUID whose first 48 bits are `timeMs`. */
export function lowestIdAt(timeMs: number): string {
  const time = Math.min(Math.max(Math.floor(timeMs), 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** Makes the daily partitions ahead of time, drops those beyond the retention. Any number of replicas may run it. */
export class Partitions {
  readonly #options: PartitionsOptions;
  readonly #retentionDays: number;
  /** Days known to have their partitions. */
  readonly #days = new Set<number>();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: PartitionsOptions) {
    this.#options = options;
    this.#retentionDays = options.retentionDays ?? defaultRetentionDays;
  }

  /** Resolves when today's partitions exist; then looks every hour. */
  async start(): Promise<void> {
    await this.maintain();
    this.#timer = setInterval(() => {
      this.#running = this.maintain().catch((error: unknown) => {
        this.#options.logger.error('partitions_failed', { error: String(error) });
      });
    }, checkEveryMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#running;
  }

  async maintain(): Promise<void> {
    const today = dayOf(this.#options.now());
    await this.ensure(Array.from({ length: daysBehind + daysAhead + 1 }, (_, index) => today - daysBehind + index));
    await this.#dropBefore(today - this.#retentionDays);
  }

  /** Whether rows of that day are kept at all: within the retention, and not further ahead than partitions are made. */
  accepts(day: number): boolean {
    const today = dayOf(this.#options.now());
    return day >= today - this.#retentionDays && day <= today + daysAhead;
  }

  /** Makes the partitions of those `days` that are accepted (an ingester that was away for long meets days that `maintain` never made). */
  async ensure(days: readonly number[]): Promise<void> {
    const missing = [...new Set(days)].filter((day) => this.accepts(day) && !this.#days.has(day)).sort((a, b) => a - b);
    if (missing.length === 0) return;
    await this.#options.dataSource.transaction(async ({ queryRunner }) => {
      if (!queryRunner) throw new Error('A transaction without a query runner');
      // Waits for another replica that makes the same ones.
      await queryRunner.query('SELECT pg_advisory_xact_lock($1)', [createLock]);
      for (const table of tables) for (const day of missing) await createPartition(queryRunner, table, day);
    });
    for (const day of missing) this.#days.add(day);
  }

  async #dropBefore(day: number): Promise<void> {
    for (const known of this.#days) if (known < day) this.#days.delete(known);
    const runner = this.#options.dataSource.createQueryRunner();
    try {
      // A session lock, because DETACH CONCURRENTLY refuses to run inside a transaction.
      const [lock] = await queryRows<{ held: boolean }>(runner, 'SELECT pg_try_advisory_lock($1) AS held', [dropLock]);
      if (!lock?.held) return;
      try {
        for (const table of tables) await this.#dropPartitions(runner, table, day);
      } finally {
        await runner.query('SELECT pg_advisory_unlock($1)', [dropLock]);
      }
    } finally {
      await runner.release();
    }
  }

  async #dropPartitions(runner: QueryRunner, table: string, day: number): Promise<void> {
    // Found by name, so that one that was detached but not dropped (a kill in between) is found too.
    const found = await queryRows<{ name: string; pending: boolean | null }>(
      runner,
      `SELECT c.relname AS name, i.inhdetachpending AS pending
         FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname ~ $1 AND c.relname < $2
        ORDER BY 1`,
      [`^${table}_p[0-9]{8}$`, partitionName(table, day)],
    );
    for (const { name, pending } of found) {
      if (pending !== null) await runner.query(`ALTER TABLE ${table} DETACH PARTITION ${name} ${pending ? 'FINALIZE' : 'CONCURRENTLY'}`);
      await runner.query(`DROP TABLE ${name}`);
      this.#options.logger.info('partition_dropped', { partition: name });
    }
  }
}

async function createPartition(runner: QueryRunner, table: string, day: number): Promise<void> {
  const name = partitionName(table, day);
  const [existing] = await queryRows<{ found: string | null }>(runner, 'SELECT to_regclass($1)::text AS found', [`public.${name}`]);
  if (existing?.found) return;
  // ATTACH takes a weaker lock on the parent than CREATE TABLE ... PARTITION OF, which would queue every reader and writer behind it.
  await runner.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)`);
  const [from, to] = [lowestIdAt(day * dayMs), lowestIdAt((day + 1) * dayMs)];
  await runner.query(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
}

function partitionName(table: string, day: number): string {
  return `${table}_p${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}
