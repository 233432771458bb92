import type { DataSource, QueryRunner } from 'typeorm';
import { Turns } from '../concurrency/turns';
import { AppError } from '../errors';
import { sqlState, withDatabase } from './database-errors';

export interface ReportReadsOptions {
  readonly dataSource: DataSource;
  readonly timeoutMs?: number;
  readonly mostWaiting?: number;
}

const defaultTimeoutMs = 10_000;
const defaultMostWaiting = 4;

/**
 * Reads that go through the units of an experiment. One at a time in a process, so that they take one connection and leave the others to requests;
 * each with a limit of time.
 */
export class ReportReads {
  readonly #options: Required<ReportReadsOptions>;
  readonly #turns = new Turns();
  #waiting = 0;

  constructor({ dataSource, timeoutMs = defaultTimeoutMs, mostWaiting = defaultMostWaiting }: ReportReadsOptions) {
    this.#options = { dataSource, timeoutMs, mostWaiting };
  }

  /** One snapshot. @throws AppError DEADLINE_EXCEEDED, OVERLOADED, DATABASE_UNAVAILABLE */
  async read<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const { timeoutMs, mostWaiting } = this.#options;
    if (this.#waiting >= mostWaiting) {
      const details = { retryAfterMs: timeoutMs };
      throw new AppError('OVERLOADED', `${mostWaiting} reports are under way or wait already; try again in ${timeoutMs / 1000} s.`, {
        details,
      });
    }
    this.#waiting++;
    try {
      return await this.#turns.take(() => withDatabase(() => this.#transaction(work)));
    } finally {
      this.#waiting--;
    }
  }

  #transaction<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const { dataSource, timeoutMs } = this.#options;
    return dataSource.transaction('REPEATABLE READ', async ({ queryRunner }) => {
      if (!queryRunner) throw new Error('A transaction without a query runner');
      await queryRunner.query('SET TRANSACTION READ ONLY');
      await queryRunner.query(`SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}`);
      // A bounded number of units is looked up by key; the planner would rather read all predictions that there are.
      await queryRunner.query('SET LOCAL enable_hashjoin = off');
      await queryRunner.query('SET LOCAL enable_mergejoin = off');
      try {
        return await work(queryRunner);
      } catch (error) {
        if (sqlState(error) !== '57014') throw error;
        throw new AppError(
          'DEADLINE_EXCEEDED',
          `The report took longer than ${timeoutMs / 1000} s. Try again when the database has less to do.`,
          { cause: error },
        );
      }
    });
  }
}
