import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Logger } from '../../src/events/logger';
import type { Experiment } from '../../src/experiments/experiment';
import { validatePlan } from '../../src/experiments/validate-plan';
import { connectDatabase, openDatabase } from '../../src/persistence/database';
import { EmbeddedPostgres } from '../../src/persistence/embedded-postgres';
import { EventIngester } from '../../src/persistence/ingest/event-ingester';
import { Partitions } from '../../src/persistence/partitions';
import { TypeormExperimentStore } from '../../src/persistence/typeorm-experiment-store';
import { TypeormMetricStore } from '../../src/persistence/typeorm-metric-store';
import { GeneratedJournal } from './generated-journal';
import { experimentKey, OutcomeStream, pageTime, revenue, segmentAttribute } from './outcome-stream';
import type { Progress } from './progress';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const [lookMs, mostLooks] = [500, 1200];
const [ageMs, spanMs] = [14 * dayMs, 13 * dayMs];

export interface IngestOptions {
  readonly outcomes: number;
  readonly seed: number;
  readonly batchSize: number;
}

/** A database as the server uses it, in a folder of its own, with one experiment. */
export class ResultsDatabase {
  /** As requests use it. */
  readonly dataSource: DataSource;
  /** With all the time in the world. */
  readonly patient: DataSource;
  readonly #postgres: EmbeddedPostgres;
  #stopped: Promise<void> | null = null;

  private constructor(postgres: EmbeddedPostgres, dataSource: DataSource, patient: DataSource) {
    this.#postgres = postgres;
    this.dataSource = dataSource;
    this.patient = patient;
  }

  static async open(dataDir: string, logger: Logger): Promise<ResultsDatabase> {
    const postgres = await EmbeddedPostgres.start({ dataDir, logger });
    const address = postgres.connection;
    const dataSource = await openDatabase({ address, logger });
    return new ResultsDatabase(postgres, dataSource, await connectDatabase({ address, logger, poolSize: 1, statementTimeoutMs: 0 }));
  }

  /** Ingests what is missing. @returns events of this run, and the seconds they took. */
  async ingest(options: IngestOptions, progress: Progress, logger: Logger): Promise<{ readonly events: number; readonly seconds: number }> {
    const { dataSource } = this;
    const { startedAt } = await this.#experiment();
    const partitions = new Partitions({ dataSource, logger, now: Date.now });
    await partitions.maintain();
    const stream = new OutcomeStream({ ...options, startedAtMs: startedAt.getTime(), spanMs });
    // Another stream is another journal: its events are others.
    const journalId = `bench-${options.seed}-${options.outcomes}`;
    const [present] = await dataSource.query('SELECT offset_bytes FROM journal_checkpoint WHERE journal_id = $1', [journalId]);
    const before = Number(present?.offset_bytes ?? 0);
    progress.begin(before, stream.length);
    const reader = new GeneratedJournal(journalId, stream, (events) => progress.at(events));
    const ingester = new EventIngester({ dataSource, reader, partitions, logger, now: Date.now, batchSize: options.batchSize });
    const startedAtMs = performance.now();
    ingester.start();
    await ingester.drain();
    const seconds = (performance.now() - startedAtMs) / 1000;
    await ingester.stop();
    return { events: stream.length - before, seconds };
  }

  /** Resolves when nothing is left to be written down or cleaned up after what was ingested. */
  async settle(): Promise<void> {
    await this.patient.query('CHECKPOINT');
    for (let look = 0; look < mostLooks; look++) {
      const [row] = await this.patient.query(`SELECT count(*)::int AS busy FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'`);
      if (row.busy === 0) return;
      await delay(lookMs);
    }
  }

  async sizeBytes(): Promise<number> {
    const [row] = await this.dataSource.query('SELECT pg_database_size(current_database())::float8 AS bytes');
    return row.bytes;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await this.patient.destroy();
    await this.dataSource.destroy();
    await this.#postgres.stop();
  }

  async #experiment(): Promise<Experiment & { readonly status: 'RUNNING' }> {
    const store = new TypeormExperimentStore(this.dataSource);
    const known = await store.find(experimentKey);
    if (known?.status === 'RUNNING') return known;
    const metrics = new TypeormMetricStore(this.dataSource);
    for (const metric of [revenue, pageTime]) await metrics.insert(metric);
    const made = anExperiment(new Date(Math.floor((Date.now() - ageMs) / hourMs) * hourMs));
    await store.insert(made, { at: made.createdAt, actor: 'bench', action: 'STARTED', reason: null, detail: null });
    return made;
  }
}

function anExperiment(startedAt: Date): Experiment & { readonly status: 'RUNNING' } {
  const variants = ['control', 'treatment'].map((key, index) => ({ key, version: String(index + 1) }));
  const input = {
    ...{ key: experimentKey, model: 'breast-cancer', variants, primaryMetric: revenue.key, secondaryMetrics: [pageTime.key] },
    segments: [segmentAttribute],
    guardrails: [{ metric: pageTime.key, maxRelativeHarm: 0.5, action: 'WARN' as const }],
  };
  const catalog = {
    versions: () => ['1', '2'].map((version) => ({ version, state: 'READY' })),
    championOf: () => '1',
    classLabels: () => null,
  };
  const { plan, problems } = validatePlan(input, { catalog, metrics: [revenue, pageTime], experiments: [], now: startedAt });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
  return { ...plan, revision: 1, status: 'RUNNING', startedAt, progress: null };
}
