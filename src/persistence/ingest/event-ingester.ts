import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Event } from '../../events/event';
import { eventIdTimeMs } from '../../events/event-id';
import { type JournalEntry, type JournalPosition, type JournalReader, journalStart } from '../../events/event-journal';
import type { Logger } from '../../events/logger';
import { isTransient, sqlState } from '../database-errors';
import { dayOf, type Partitions } from '../partitions';
import { queryRows } from '../query-rows';
import { Backlog } from './backlog';
import { foldEvents } from './fold-events';
import { sweepUnmatched } from './sweep-unmatched';

export interface EventIngesterOptions {
  readonly dataSource: DataSource;
  readonly reader: JournalReader;
  readonly partitions: Partitions;
  readonly logger: Logger;
  readonly now: () => number;
  readonly batchSize?: number;
}

/** Any constant does, as long as nobody else in the database uses it. */
const ingestLock = 0x696e6765;
/** Only a backlog makes batches this large. Larger ones cost no less an event, and an outcome that waits behind one waits longer. */
const defaultBatchSize = 2000;
/** How long to let events gather after the first one: fewer, larger transactions. */
const gatherMs = 15;
/**
 * It rests this many times as long as the last batch took, up to a limit: under load the batches grow, not their number, and an event still
 * waits little. In batches of 500 an event costs the database two thirds of what it costs in batches of 150.
 */
const restFactor = 4;
const longestRestMs = 100;
const longestPauseMs = 2_000;
const sweepEveryMs = 600_000;

/**
 * Moves the journal into the database, exactly once: one transaction stores the events, drops those whose id is known, folds the rest into
 * the sums, and moves the checkpoint. Replicas take turns (one advisory lock), so that an exposure and an outcome of the same unit that
 * arrive at two replicas at once still meet.
 */
export class EventIngester {
  readonly #options: EventIngesterOptions;
  #position: JournalPosition | null = null;
  #loop: Promise<void> | null = null;
  #isStopping = false;
  #wake: (() => void) | null = null;
  readonly #backlog: Backlog;
  #endListening: () => void = () => {};
  #lastSweepMs = 0;

  constructor(options: EventIngesterOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options.now);
  }

  get isCaughtUp(): boolean {
    return this.#backlog.isEmpty;
  }

  lagMs(): number {
    return this.#backlog.ageMs();
  }

  start(): void {
    this.#endListening = this.#options.reader.onAppend(() => {
      this.#backlog.add();
      this.#wake?.();
    });
    this.#loop = this.#run();
  }

  /** Resolves when everything appended before the call is in the database. */
  drain(): Promise<void> {
    return this.#backlog.drained();
  }

  /** Ends after the transaction under way; what is left in the journal is ingested at the next start. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#endListening();
    this.#wake?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    let pauseMs = 50;
    while (!this.#isStopping) {
      const startedAtMs = performance.now();
      try {
        const isLast = await this.#step();
        pauseMs = 50;
        if (isLast) await this.#rest(performance.now() - startedAtMs);
      } catch (error) {
        this.#options.logger.warn('ingest_failed', { error, isTransient: isTransient(error), lagMs: this.lagMs() });
        await delay(pauseMs * (0.5 + Math.random()));
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  /** @returns whether that was all that was in the journal. */
  async #step(): Promise<boolean> {
    const { reader, batchSize = defaultBatchSize } = this.#options;
    const position = this.#position ?? (await this.#readCheckpoint());
    const mark = this.#backlog.mark();
    const { entries, next, isLast } = await reader.read(position, batchSize);
    if (entries.length > 0) {
      await this.#options.partitions.ensure(entries.flatMap(({ event }) => daysOf(event)));
      await this.#ingest(entries, next);
    }
    this.#position = next;
    if (isLast) this.#backlog.done(mark);
    if (entries.length > 0) {
      await reader.release(next);
      await this.#sweep();
    }
    return isLast;
  }

  async #rest(workedMs: number): Promise<void> {
    const restedFromMs = performance.now();
    if (!this.#isStopping && this.#backlog.isEmpty) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
    const leftMs = Math.min(restFactor * workedMs, longestRestMs) - (performance.now() - restedFromMs);
    if (!this.#isStopping) await delay(Math.max(gatherMs, leftMs));
  }

  async #readCheckpoint(): Promise<JournalPosition> {
    const [row] = await queryRows<{ segment: string; offset_bytes: string }>(
      this.#options.dataSource,
      'SELECT segment, offset_bytes FROM journal_checkpoint WHERE journal_id = $1',
      [this.#options.reader.journalId],
    );
    return row ? { segment: Number(row.segment), offsetBytes: Number(row.offset_bytes) } : journalStart;
  }

  async #ingest(entries: readonly JournalEntry[], next: JournalPosition): Promise<void> {
    await this.#options.dataSource.transaction(async ({ queryRunner }) => {
      if (!queryRunner) throw new Error('A transaction without a query runner');
      await queryRunner.query('SELECT pg_advisory_xact_lock($1)', [ingestLock]);
      await this.#foldAround(queryRunner, entries);
      await queryRunner.query(
        `INSERT INTO journal_checkpoint (journal_id, segment, offset_bytes) VALUES ($1, $2, $3)
         ON CONFLICT (journal_id) DO UPDATE SET segment = excluded.segment, offset_bytes = excluded.offset_bytes, updated_at = now()`,
        [this.#options.reader.journalId, next.segment, next.offsetBytes],
      );
    });
  }

  /** Folds what can be folded: where the data of an event is refused, the batch is halved until that event stands alone, in dead_letter. */
  async #foldAround(runner: QueryRunner, entries: readonly JournalEntry[]): Promise<void> {
    await runner.query('SAVEPOINT fold');
    try {
      await foldEvents(runner, entries);
      await runner.query('RELEASE SAVEPOINT fold');
    } catch (error) {
      if (!isDataError(error)) throw error;
      await runner.query('ROLLBACK TO SAVEPOINT fold');
      const [entry] = entries;
      if (entries.length === 1 && entry) await this.#bury(runner, entry, error);
      else {
        const middle = Math.ceil(entries.length / 2);
        await this.#foldAround(runner, entries.slice(0, middle));
        await this.#foldAround(runner, entries.slice(middle));
      }
    }
  }

  async #bury(runner: QueryRunner, { event, json }: JournalEntry, error: unknown): Promise<void> {
    const detail = error instanceof Error ? error.message : String(error);
    this.#options.logger.error('event_refused', { type: event.type, id: event.id, detail });
    // JSON escapes what text columns refuse (NUL stands there as \u0000).
    await runner.query(
      `INSERT INTO dead_letter (event_type, event_id, reason, detail, event) VALUES ($1, $2, 'refused', $3, $4) ON CONFLICT DO NOTHING`,
      [event.type, event.id, detail.replaceAll('\u0000', ''), json.toString('utf8')],
    );
  }

  async #sweep(): Promise<void> {
    const nowMs = this.#options.now();
    if (nowMs - this.#lastSweepMs < sweepEveryMs) return;
    this.#lastSweepMs = nowMs;
    const count = await sweepUnmatched(this.#options.dataSource, nowMs);
    if (count > 0) this.#options.logger.warn('events_unmatched', { count });
  }
}

/** Partitioned tables are keyed by the ids of predictions. */
function daysOf(event: Event): readonly number[] {
  const id = event.type === 'prediction' ? event.id : event.type === 'outcome' ? null : event.predictionId;
  const timeMs = id === null ? null : eventIdTimeMs(id);
  return timeMs === null ? [] : [dayOf(timeMs)];
}

/** Values that a column or constraint refuses, or that are too large together (54, or for a string here): anything else must not bury events. */
function isDataError(error: unknown): boolean {
  return /^(2[23]|54)/.test(sqlState(error)) || error instanceof RangeError;
}
