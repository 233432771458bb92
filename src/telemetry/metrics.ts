import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { wasComputed } from '../live-stats/request-tallies';
import { CellCounter, CellHistogram, type CountCell, type HistogramCell } from './cell-metrics';
import { type CountedTimes, registerStageHistograms } from './stage-histograms';
import { CpuMeter, usedMemoryBytes } from './system-usage';

/** What the catalogue reads at each scrape; the app wires it. */
export interface MetricSources {
  queueDepths(): readonly { readonly model: string; readonly version: string; readonly rows: number }[];
  accuracies(): Promise<readonly { readonly model: string; readonly version: string; readonly accuracy: number }[]>;
  openAlerts(): Promise<readonly { readonly model: string; readonly severity: string; readonly count: number }[]>;
  counted(): CountedTimes;
  journalBytes(): number;
  ingestLagMs(): number;
}

const latencySeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const method = ['method'] as const;
const version = ['model', 'version'] as const;

type ServingMethod = 'predict' | 'predict_batch' | 'infer';

interface MethodCells {
  readonly requests: CountCell;
  readonly requestSeconds: HistogramCell;
}

/** The catalogue: every metric that `/metrics` shows. `docs/metrics.md` lists them, under test. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#counter('ai_model_requests_total', 'Prediction rows answered.', ['method', 'status']);
  readonly #requestSeconds = this.#histogram(
    'ai_model_request_duration_seconds',
    'Time of a prediction from request to answer.',
    method,
    latencySeconds,
  );
  readonly #batchSize = this.#histogram('ai_model_batch_size', 'Rows in the executed batch, per row.', [], [1, 2, 4, 8, 16, 32, 64]).cell(
    {},
  );
  readonly #confidence = this.#histogram(
    'ai_model_prediction_confidence',
    'Probability of the answered class.',
    [],
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1],
  ).cell({});
  readonly #rows = this.#counter('touchstone_predictions_total', 'Prediction rows by version and outcome.', [
    'model',
    'version',
    'outcome',
  ]);

  readonly #shadows = this.#counter('touchstone_shadow_predictions_total', 'Rows that a version answered in the shadow of another.', [
    'model',
    'version',
    'outcome',
  ]);

  readonly #methods: Readonly<Record<ServingMethod, MethodCells>> = {
    predict: this.#methodCells('predict'),
    predict_batch: this.#methodCells('predict_batch'),
    infer: this.#methodCells('infer'),
  };
  /** Rows that succeeded. */
  readonly #versions = new Map<string, Map<string, CountCell>>();

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.registry, prefix: 'touchstone_' });
    this.#registerGauges(sources);
    registerStageHistograms(this.registry, sources.counted);
    this.#registerCacheLookups(sources);
  }

  recordSucceeded(row: {
    readonly method: ServingMethod;
    readonly model: string;
    readonly version: string;
    readonly confidence: number | null;
    readonly totalMs: number;
    readonly batchSize: number;
  }): void {
    const { requests, requestSeconds } = this.#methods[row.method];
    requests.add();
    requestSeconds.observe(row.totalMs / 1000);
    if (row.confidence !== null) this.#confidence.observe(row.confidence);
    this.#rowsOf(row.model, row.version).add();
    // An answer from the cache was in no batch.
    if (wasComputed(row)) this.#batchSize.observe(row.batchSize);
  }

  recordFailed(row: {
    readonly method: ServingMethod;
    readonly model: string | null;
    readonly version: string | null;
    readonly code: string;
    readonly totalMs: number;
  }): void {
    this.#requests.cell({ method: row.method, status: 'error' }).add();
    this.#methods[row.method].requestSeconds.observe(row.totalMs / 1000);
    this.#rows.cell({ model: row.model ?? 'unknown', version: row.version ?? 'none', outcome: row.code }).add();
  }

  /** `outcome`: success, error, or shed when there was no room or no time for it. */
  recordShadow(model: string, version: string, outcome: string): void {
    this.#shadows.cell({ model, version, outcome }).add();
  }

  #rowsOf(model: string, version: string): CountCell {
    const known = this.#versions.get(model)?.get(version);
    if (known) return known;
    const rows = this.#rows.cell({ model, version, outcome: 'success' });
    const versions = this.#versions.get(model) ?? new Map<string, CountCell>();
    this.#versions.set(model, versions.set(version, rows));
    return rows;
  }

  #methodCells(name: ServingMethod): MethodCells {
    return {
      requests: this.#requests.cell({ method: name, status: 'success' }),
      requestSeconds: this.#requestSeconds.cell({ method: name }),
    };
  }

  #registerGauges(sources: MetricSources): void {
    const cpu = new CpuMeter();
    this.#gauge('max', 'system_cpu_usage_percent', 'CPU in use on this machine, 0..100.', [], (gauge) => gauge.set(cpu.busyPercent()));
    this.#gauge('max', 'system_memory_usage_bytes', 'Memory in use on this machine.', [], (gauge) => gauge.set(usedMemoryBytes()));
    // Without a GPU these two have no samples; the names stand so that dashboards of the seed find them.
    this.#gauge('max', 'system_gpu_usage_percent', 'GPU in use, 0..100; no samples without a GPU.', ['gpu'], () => {});
    this.#gauge('max', 'system_gpu_memory_bytes', 'GPU memory in use; no samples without a GPU.', ['gpu'], () => {});
    this.#gauge(
      'first',
      'ai_model_accuracy',
      'Share of labelled predictions of the last 7 days that were right.',
      version,
      async (gauge) => {
        gauge.reset();
        for (const { accuracy, ...names } of await sources.accuracies()) gauge.set(names, accuracy);
      },
    );
    this.#gauge('sum', 'touchstone_queue_rows', 'Rows that wait for a worker.', version, (gauge) => {
      gauge.reset();
      for (const { rows, ...names } of sources.queueDepths()) gauge.set(names, rows);
    });
    this.#gauge('first', 'touchstone_drift_alerts_open', 'Drift alerts that are not resolved.', ['model', 'severity'], async (gauge) => {
      gauge.reset();
      for (const { count, ...names } of await sources.openAlerts()) gauge.set(names, count);
    });
    this.#gauge('sum', 'touchstone_journal_bytes', 'Size of the event journal on disk.', [], (gauge) => gauge.set(sources.journalBytes()));
    this.#gauge('max', 'touchstone_ingest_lag_seconds', 'Age of the oldest journaled event that is not in the database yet.', [], (gauge) =>
      gauge.set(sources.ingestLagMs() / 1000),
    );
    this.#gauge('sum', 'touchstone_serving_processes', 'Processes that serve.', [], (gauge) => gauge.set(1));
  }

  /** They are counted where GraphQL and `/v2` show them, too. */
  #registerCacheLookups(sources: MetricSources): void {
    const counter = new Counter({
      name: 'touchstone_cache_lookups_total',
      help: 'Requests of versions with a cache, by what was found.',
      labelNames: [...version, 'result'],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const { model, version: name, cacheHits = 0, cacheMisses = 0 } of sources.counted().versions) {
          if (cacheHits + cacheMisses === 0) continue;
          counter.inc({ model, version: name, result: 'hit' }, cacheHits);
          counter.inc({ model, version: name, result: 'miss' }, cacheMisses);
        }
      },
    });
  }

  #counter<T extends string>(name: string, help: string, labelNames: readonly T[]): CellCounter<T> {
    return new CellCounter({ name, help, labelNames, registry: this.registry });
  }

  #histogram<T extends string>(name: string, help: string, labelNames: readonly T[], bounds: readonly number[]): CellHistogram<T> {
    return new CellHistogram({ name, help, labelNames, registry: this.registry }, bounds);
  }

  /** @param aggregator how the values of several processes become one: each says the same of the machine or the database, or a part of the whole. */
  #gauge<T extends string>(
    aggregator: Aggregator,
    name: string,
    help: string,
    labelNames: readonly T[],
    read: (gauge: Gauge<T>) => void | Promise<void>,
  ): void {
    const settings = { name, help, labelNames: [...labelNames], aggregator, registers: [this.registry] };
    const gauge: Gauge<T> = new Gauge({ ...settings, collect: () => read(gauge) });
  }
}
