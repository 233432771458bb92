import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { every } from './concurrency/every';
import { FairTurns } from './concurrency/fair-turns';
import { repeat } from './concurrency/repeat';
import { StopStack } from './concurrency/stop-stack';
import { within } from './concurrency/within';
import type { Config } from './config';
import { openAlertCounts, recentAccuracies } from './drift/drift-gauges';
import { DriftMonitor } from './drift/drift-monitor';
import { createEventId } from './events/event-id';
import type { Logger } from './events/logger';
import { randomPool } from './events/random-pool';
import { Autopilot } from './experiments/autopilot';
import { EnrolledUnits } from './experiments/enrolled-units';
import { ExperimentRouter } from './experiments/experiment-router';
import { ExperimentService } from './experiments/experiment-service';
import { ExportService } from './experiments/export-service';
import { LookRecorder } from './experiments/look-recorder';
import { LookSeries } from './experiments/look-series';
import { MetricCatalog } from './experiments/metric-catalog';
import { OutcomeRecorder } from './experiments/record-outcome';
import { ReportService } from './experiments/report-service';
import { ResultsService } from './experiments/results-service';
import { runningExperiment } from './experiments/running-experiment';
import { PredictionFeed } from './graphql/prediction/prediction-feed';
import { buildSchema } from './graphql/schema';
import type { Services } from './graphql/services';
import type { Door } from './http/door';
import { HttpServer } from './http/http-server';
import { readiness } from './http/readiness';
import { FileModelRepository } from './inference/file-model-repository';
import { defaultImageLimits } from './inference/picture-memory';
import { readReferenceProfile } from './inference/reference-profile-file';
import { startEngine } from './inference/start-engine';
import { FileEventJournal } from './journal/file-event-journal';
import { journalFolder } from './journal/journal-folders';
import { LeftoverJournals } from './leftover-journals';
import { LiveStats } from './live-stats/live-stats';
import { FolderWatch } from './model-registry/folder-watch';
import { ModelControl } from './model-registry/model-control';
import { ModelRegistry } from './model-registry/model-registry';
import { openDatabase } from './persistence/database';
import type { DatabaseAddress } from './persistence/embedded-postgres';
import { ThreadedIngester } from './persistence/ingest/threaded-ingester';
import { Partitions } from './persistence/partitions';
import { ReportReads } from './persistence/report-reads';
import { TypeormDriftStore } from './persistence/typeorm-drift-store';
import { TypeormEnrolmentSource } from './persistence/typeorm-enrolment-source';
import { TypeormExperimentStore } from './persistence/typeorm-experiment-store';
import { TypeormLoggedUnitStore } from './persistence/typeorm-logged-unit-store';
import { TypeormLookStore } from './persistence/typeorm-look-store';
import { TypeormMetricStore } from './persistence/typeorm-metric-store';
import { TypeormModelLabelStore } from './persistence/typeorm-model-label-store';
import { TypeormPairedSumsStore } from './persistence/typeorm-paired-sums-store';
import { TypeormPredictionStore } from './persistence/typeorm-prediction-store';
import { TypeormReplicaStatsStore } from './persistence/typeorm-replica-stats-store';
import { TypeormResultSumsStore } from './persistence/typeorm-result-sums-store';
import { TypeormSharedUnitStore } from './persistence/typeorm-shared-unit-store';
import { DayPredictionIds } from './prediction/day-prediction-ids';
import { Predictor } from './prediction/predictor';
import { RecentPredictions } from './prediction/recent-predictions';
import { ShadowMirror } from './prediction/shadow-mirror';
import { TensorPredictor } from './prediction/tensor-predictor';
import { apiAddress, claim, metricsAddress, serveMetrics, startDatabase } from './sole-parts';
import { Metrics } from './telemetry/metrics';
import { metricsObserver } from './telemetry/metrics-observer';

export interface RunningApp {
  readonly url: string;
  /** Null when another process serves them. */
  readonly metricsUrl: string | null;
  metrics(): Promise<readonly object[]>;
  stop(): Promise<void>;
}

/** What a serving process finds: little when it is the whole server, more when it is one of several. */
export interface Surroundings {
  /** What the group has for it; null: it is the whole server. */
  readonly group: { readonly door: Door; readonly database: DatabaseAddress } | null;
  /** Folders whose journals no process of this run writes; `lockedFolder` is the one that the whole group has locked. */
  readonly leftovers: { readonly folders: readonly string[]; readonly lockedFolder: string | null };
}

interface Context {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly productVersion: string;
  readonly logger: Logger;
  readonly parts: StopStack;
  readonly replicaId: string;
  readonly startedAt: Date;
  readonly turns: FairTurns;
}

const maxBatchSize = 64;
const [maxOutcomes, maxTopK] = [1000, 1000];
const refreshIntervalMs = 500;
const [autopilotLookMs, recorderTurnMs] = [250, 1_000];
const [modelsLookMs, modelsSettleMs, modelsRetryMs] = [1_000, 2_000, 5_000];
/** What is read together shall meet in one batch, and a probe of /livez, which needs some three turns, shall not wait for it. */
const turnBudgetMs = 3;
const catchUpTimeoutMs = 10_000;
const shutdownTimes = { idleGraceMs: 1_000, hardLimitMs: 10_000 };
const featureNames = ['experiments', 'drift', 'subscriptions', 'uploads'];

const now = () => new Date();
const elapsedMs = () => performance.now();
const pooledBytes = randomPool(randomBytes);
const createId = () => createEventId(Date.now(), pooledBytes(10));

/*
 * The one file that knows all rooms. It is longer than the house allows elsewhere, because it is a list and nothing but a list: splitting it
 * would make a second file that knows rooms from both sides of the walls.
 */

/** Builds every object once and starts it. A part that cannot start ends those before it; its error tells the operator what to do. */
export async function startApp(config: Config, surroundings: Surroundings, productVersion: string, logger: Logger): Promise<RunningApp> {
  const parts = new StopStack((error) => logger.error('stop_failed', { error }));
  const stop = () => parts.stop();
  try {
    const turns = new FairTurns({ elapsedMs, budgetMs: turnBudgetMs });
    const context = { config, surroundings, productVersion, logger, parts, replicaId: randomUUID(), startedAt: now(), turns };
    await claim(config.DATA_DIR, surroundings.group ? [] : [apiAddress(config), metricsAddress(config)], parts);
    const storage = await startStorage(context);
    const features = await startFeatures(context, storage);
    // What an earlier run had journaled is visible before the first request; with a very long journal, soon after.
    await storage.caughtUp;
    // And with it who was enrolled.
    await features.followEnrolled();
    return { ...(await startEdges(context, storage, features)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Storage = Awaited<ReturnType<typeof startStorage>>;

/** The journal and the database behind it. */
async function startStorage(context: Context) {
  const { config, surroundings, logger, parts } = context;
  const address = surroundings.group ? surroundings.group.database : await startDatabase(config, logger, parts);
  const dataSource = await openDatabase({ address, logger });
  parts.add(() => dataSource.destroy());
  const partitions = new Partitions({ dataSource, logger, now: Date.now, retentionDays: config.RETENTION_DAYS });
  await partitions.start();
  parts.add(() => partitions.stop());
  const journal = await FileEventJournal.open({
    directory: journalFolder(config.DATA_DIR),
    logger,
    createId,
    limitBytes: config.JOURNAL_MAX_BYTES,
  });
  parts.add(() => journal.stop());
  const settings = { address, retentionDays: config.RETENTION_DAYS };
  const ingester = new ThreadedIngester({ journal, settings, logger, now: Date.now });
  ingester.start();
  parts.add(async () => {
    await within(catchUpTimeoutMs, ingester.drain());
    await ingester.stop();
  });
  const leftovers = new LeftoverJournals({ ...surroundings.leftovers, settings, logger, createId });
  parts.add(() => leftovers.stop());
  const ingestLagMs = () => Math.max(ingester.lagMs(), leftovers.lagMs());
  const caughtUp = within(catchUpTimeoutMs, Promise.all([ingester.drain(), leftovers.ingested]));
  return { dataSource, journal, ingestLagMs, caughtUp };
}

type Features = Awaited<ReturnType<typeof startFeatures>>;

/** What the product does, over the storage. */
async function startFeatures(
  { config, productVersion, logger, parts, replicaId, turns }: Context,
  { dataSource, journal, ingestLagMs }: Storage,
) {
  const store = new TypeormExperimentStore(dataSource);
  const engine = await startEngine(
    {
      workersPerVersion: config.WORKERS_PER_VERSION,
      threadProfile: config.THREAD_PROFILE,
      device: config.DEVICE,
      workerTimeoutMs: config.WORKER_TIMEOUT_MS,
      turns,
      elapsedMs,
      logger,
    },
    { redisUrl: config.REDIS_URL ?? null, build: productVersion, onLookup: (lookup) => liveStats.lookedUp(lookup) },
    parts,
  );
  const repository = new FileModelRepository(config.MODELS_DIR);
  const drift: DriftMonitor = new DriftMonitor({
    store: new TypeormDriftStore(dataSource),
    versions: () => registry.readyVersions(),
    createId,
    now,
    logger,
  });
  const registry = new ModelRegistry({
    repository,
    engine,
    labels: new TypeormModelLabelStore(dataSource),
    now,
    logger,
    onReady: async ({ model, version, directory }) => drift.ensureReference(model, version, await readReferenceProfile(directory)),
    neededBy: runningExperiment(store),
  });
  await registry.start();
  parts.add(() => registry.stop());
  watchModels({ config, logger, parts }, repository, registry);
  const control = new ModelControl({ registry, repository });
  const enrolled = new EnrolledUnits({ source: new TypeormEnrolmentSource(dataSource), logger });
  const router = new ExperimentRouter(store, enrolled);
  await router.refresh();
  let databaseSeenAtMs = elapsedMs();
  const refresh = async () => {
    await Promise.all([router.refresh(), registry.refreshLabels()]);
    databaseSeenAtMs = elapsedMs();
  };
  const databaseSilentMs = () => elapsedMs() - databaseSeenAtMs;
  const metrics = new MetricCatalog(new TypeormMetricStore(dataSource));
  // Read once, so that outcomes of custom metrics are known should the database go away from here on.
  await metrics.list();
  const experiments = new ExperimentService({ store, catalog: registry, metrics, now, logger, onChange: refresh });
  const sums = new TypeormResultSumsStore(dataSource, ingestLagMs);
  const looks = new TypeormLookStore(dataSource);
  const results = new ResultsService({
    experiments: store,
    metrics,
    sums,
    pairs: new TypeormPairedSumsStore(dataSource),
    looks,
    catalog: registry,
    now,
  });
  const exports = new ExportService({ experiments, results });
  const reads = new ReportReads({ dataSource });
  const [logged, shared] = [new TypeormLoggedUnitStore(reads), new TypeormSharedUnitStore(reads)];
  const reports = new ReportService({ experiments: store, metrics, logged, shared, now });
  const series = new LookSeries({ experiments: store, looks });
  const recorder = new LookRecorder({
    running: () => router.running(),
    lookAt: (experiment) => results.lookAt(experiment),
    looks,
    now,
    logger,
  });
  parts.add(
    repeat(
      recorderTurnMs,
      () => recorder.record(),
      (error) => logger.warn('look_failed', { error }),
    ),
  );
  const autopilot = new Autopilot({ running: () => router.running(), results: (key) => results.results(key), experiments, now, logger });
  parts.add(
    repeat(
      autopilotLookMs,
      () => autopilot.look(),
      (error) => logger.warn('autopilot_failed', { error }),
    ),
  );
  const predictions = new RecentPredictions(new TypeormPredictionStore(dataSource));
  const outcomes = new OutcomeRecorder({
    journal,
    predictions,
    metrics,
    catalog: registry,
    ingestLagMs,
    createId,
    now,
  });
  const liveStats: LiveStats = new LiveStats({
    replicaId,
    store: new TypeormReplicaStatsStore(dataSource),
    queueDepth: (model, version) => registry.queueDepth(model, version),
    now,
    logger,
  });
  liveStats.start();
  parts.add(() => liveStats.stop());
  drift.start();
  parts.add(() => drift.stop());
  parts.add(repeat(refreshIntervalMs, refresh, (error) => logger.debug('refresh_failed', { error })));
  const notFollowed = (error: unknown) => logger.debug('enrolled_units_not_followed', { error });
  const followEnrolled = () => enrolled.follow(router.running()).catch(notFollowed);
  parts.add(repeat(refreshIntervalMs, followEnrolled, notFollowed));
  const services = {
    registry,
    control,
    router,
    metrics,
    experiments,
    results,
    series,
    exports,
    reports,
    predictions,
    outcomes,
    liveStats,
    drift,
  };
  return { ...services, journal, databaseSilentMs, followEnrolled };
}

/** What happens in the models folder is followed; what failed for a reason that may pass is tried again. */
function watchModels(
  { config, logger, parts }: Pick<Context, 'config' | 'logger' | 'parts'>,
  repository: FileModelRepository,
  registry: ModelRegistry,
): void {
  const onError = (error: unknown) => logger.warn('models_not_followed', { error });
  const watch = new FolderWatch({ repository, registry, settleMs: modelsSettleMs, elapsedMs, logger });
  if (config.WATCH_MODELS) parts.add(repeat(modelsLookMs, () => watch.look(), onError));
  parts.add(repeat(modelsRetryMs, () => registry.retryFailed(), onError));
}

/** What the world reaches it by. */
async function startEdges(context: Context, { ingestLagMs }: Storage, features: Features) {
  const { config, surroundings, logger, parts, replicaId, startedAt, productVersion, turns } = context;
  const { registry, liveStats, drift, predictions, router, journal } = features;
  const catalogue = new Metrics({
    queueDepths: () =>
      registry.readyVersions().map(({ model, version }) => ({ model, version, rows: registry.queueDepth(model, version) })),
    accuracies: () => recentAccuracies(drift, registry.readyVersions()),
    openAlerts: () => openAlertCounts(drift),
    counted: () => liveStats.own(),
    journalBytes: () => journal.sizeBytes,
    ingestLagMs,
  });
  const metricsUrl = surroundings.group ? null : await serveMetrics(config, catalogue.registry, logger, parts);
  const predictionFeed = new PredictionFeed(Math.random);
  const counters = [liveStats, metricsObserver(catalogue)];
  const observers = [predictionFeed, ...counters];
  const ids = new DayPredictionIds(now, pooledBytes);
  const mirror = new ShadowMirror({
    registry,
    journal,
    observers: [{ mirrored: (...shadow) => catalogue.recordShadow(...shadow) }],
    createId: () => ids.create(),
    now,
    elapsedMs,
    onError: (error) => logger.error('shadow_failed', { error }),
  });
  parts.add(() => mirror.stop());
  const predictor = new Predictor({
    registry,
    router,
    journal,
    mirror,
    predictions,
    observers,
    ids,
    now,
    elapsedMs,
  });
  const services: Services = {
    ...features,
    modelRegistry: registry,
    predictor,
    predictionFeed,
    server: { name: 'touchstone', version: productVersion, replicaId, startedAt, features: featureNames },
    limits: { ...defaultImageLimits, maxBatchSize, maxOutcomes, maxBodyBytes: config.MAX_BODY_BYTES, maxTopK },
    every,
    now,
    logger,
  };
  const server = new HttpServer({
    schema: buildSchema(services),
    openInference: {
      server: services.server,
      registry,
      control: features.control,
      tensors: new TensorPredictor({ observers: counters, elapsedMs }),
      statistics: liveStats,
    },
    host: config.HOST,
    port: config.PORT,
    door: surroundings.group?.door ?? null,
    adminApiKey: config.ADMIN_API_KEY ?? null,
    corsOrigins: config.CORS_ORIGINS,
    trustProxy: config.TRUST_PROXY,
    introspection: config.INTROSPECTION,
    maxBodyBytes: config.MAX_BODY_BYTES,
    maxFiles: maxBatchSize,
    staticDir: join(__dirname, '../../web/public'),
    shutdown: { ...shutdownTimes, drainDelayMs: config.DRAIN_DELAY_MS },
    readiness: () =>
      readiness({
        modelsWithoutChampion: registry.modelsWithoutChampion(),
        journalHasRoom: journal.hasRoom && !journal.isFailing,
        ingestLagMs: ingestLagMs(),
        databaseSilentMs: features.databaseSilentMs(),
      }),
    health: () => ({ status: 'healthy', timestamp: now().toISOString(), stats: liveStats.snapshot({}) }),
    observe: config.LOG_LEVEL === 'debug' ? (facts) => logger.debug('http_request', facts) : null,
    createErrorId: randomUUID,
    turns,
    elapsedMs,
    logger,
  });
  const { url } = await server.start();
  parts.add(() => server.stop());
  return { url, metricsUrl, metrics: () => catalogue.registry.getMetricsAsJSON() };
}
