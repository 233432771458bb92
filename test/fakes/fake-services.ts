import { BoundedQueue } from '../../src/concurrency/bounded-queue';
import { LatestValue } from '../../src/concurrency/latest-value';
import type { DriftAlert } from '../../src/drift/drift-alert';
import { AppError } from '../../src/errors';
import type { VariantClassifier } from '../../src/experiments/classifier-report';
import { type Experiment, type ExperimentEvent, noCuped } from '../../src/experiments/experiment';
import type { ExperimentResults } from '../../src/experiments/experiment-results';
import { FormError } from '../../src/experiments/form-error';
import type { SeriesPoint } from '../../src/experiments/look-store';
import { builtInMetrics } from '../../src/experiments/metric';
import { everyone } from '../../src/experiments/segment';
import { PredictionFeed } from '../../src/graphql/prediction/prediction-feed';
import type {
  DriftService,
  ExperimentService,
  ExportService,
  LiveStatsService,
  MetricService,
  ModelRegistryService,
  OutcomeService,
  PredictorService,
  ReportService,
  ResultsService,
  SeriesService,
  Services,
} from '../../src/graphql/services';
import type { RegisteredModel } from '../../src/model-registry/model-registry';
import type { Caller } from '../../src/prediction/caller';
import type { PredictionResult } from '../../src/prediction/prediction-result';
import type { PredictionStore, StoredPrediction } from '../../src/prediction/prediction-store';
import type { BatchRow, PredictCommand } from '../../src/prediction/predictor';
import { aDescription } from './fake-inference-engine';
import { FakeLogger } from './fake-logger';

const aTime = new Date('2026-11-22T08:00:00.000Z');
export const aPredictionId = '019aa9f2-1c00-7abc-8def-0123456789ab';

export const aTiming = { queueMs: 1, preprocessMs: 2, inferenceMs: 3, postprocessMs: 1, totalMs: 7, batchSize: 4 };

export function aPrediction(more: Partial<PredictionResult> = {}): PredictionResult {
  return {
    id: aPredictionId,
    model: 'digits',
    version: '1',
    answer: { kind: 'classification', classIndex: 2, label: 'two', confidence: 0.7, probabilities: [0.1, 0.2, 0.7] },
    assignment: null,
    assignments: [],
    timing: aTiming,
    createdAt: aTime,
    outputs: null,
    ...more,
  };
}

export function aStoredPrediction(id = aPredictionId): StoredPrediction {
  const { answer } = aPrediction();
  return {
    event: {
      type: 'prediction',
      id,
      occurredAtMs: aTime.getTime(),
      model: 'digits',
      version: '1',
      unitId: 'user-1',
      attributes: { country: 'DE' },
      assignments: [{ experiment: 'linear-or-cnn', variant: 'cnn', propensity: 0.5 }],
      outcome: { status: 'succeeded', answer },
      inputFeatures: {},
      timing: aTiming,
    },
    label: { truth: { kind: 'class', classIndex: 2 }, receivedAt: aTime },
  };
}

const aModel: RegisteredModel = {
  name: 'digits',
  kind: 'image',
  versions: [
    {
      model: 'digits',
      version: '1',
      sizeBytes: 2 * 1024 ** 2,
      sha256: 'ab',
      state: 'READY',
      description: { ...aDescription, kind: 'image', classLabels: ['zero', 'one', 'two'] },
      loadedAt: aTime,
      reloadError: null,
    },
    { model: 'digits', version: '2', sizeBytes: 10, sha256: '', state: 'FAILED', error: 'model.onnx is not an ONNX file.' },
  ],
  labels: [{ model: 'digits', label: 'champion', version: '1' }],
};

export function anExperiment(more: { readonly key?: string; readonly createdAt?: Date } = {}): Experiment {
  return {
    key: 'linear-or-cnn',
    name: 'Linear or CNN',
    hypothesis: null,
    model: 'digits',
    kind: 'AB',
    variants: [
      { key: 'linear', name: 'linear', version: '1', weight: 0.5, isControl: true },
      { key: 'cnn', name: 'cnn', version: '2', weight: 0.5, isControl: false },
    ],
    coverage: 1,
    rollout: null,
    bandit: null,
    targeting: null,
    namespaces: [],
    holdout: null,
    prerequisites: [],
    hashAttribute: null,
    forced: {},
    seed: 'linear-or-cnn',
    hashVersion: 2,
    primaryMetric: 'accuracy',
    secondaryMetrics: [],
    guardrails: [],
    segments: [],
    analysis: { ...noCuped, method: 'ALWAYS_VALID', alpha: 0.05, minimumDetectableEffect: null, nonInferiorityMargin: null },
    createdAt: aTime,
    revision: 1,
    status: 'RUNNING',
    startedAt: aTime,
    progress: null,
    ...more,
  };
}

function someResults(units = 10): ExperimentResults {
  const noLift = { absoluteLift: null, relativeLift: null, pValue: null, adjustedPValue: null };
  return {
    experiment: 'linear-or-cnn',
    asOf: aTime,
    ingestLagMs: 0,
    validity: 'ANYTIME',
    segment: null,
    units,
    health: {
      status: 'HEALTHY',
      problems: [],
      sampleRatioMismatch: {
        pValue: 0.5,
        anytimePValue: 1,
        mismatch: false,
        observed: [{ variant: 'linear', units }],
        expected: [{ variant: 'linear', units }],
      },
      multipleExposures: 0,
      unmatched: 0,
      labelCoverage: [{ variant: 'linear', predictions: 10, labelled: 5, coverage: 0.5 }],
      preExperimentBias: [],
      labelCoverageTest: { pValue: 0.5, imbalanced: false },
      lastExposureAt: aTime,
      lastLabelAt: aTime,
      lastOutcomeAt: null,
    },
    metrics: [
      {
        metric: 'accuracy',
        role: 'PRIMARY',
        cuped: null,
        variants: [
          {
            variant: 'linear',
            isControl: true,
            units,
            mean: 0.9,
            standardError: 0.01,
            adjustedMean: null,
            ...noLift,
            chanceToWin: null,
            expectedLoss: null,
            significant: null,
            contradictions: [],
          },
        ],
      },
    ],
    shadows: [],
    guardrails: [],
    decision: { action: 'KEEP_RUNNING', variant: null, reason: 'Nothing is certain yet.' },
    progress: {
      ...{ targetRelativeEffect: 0.02, targetPower: 0.8, detectableRelativeEffect: 0.04, power: 0.3 },
      ...{ unitsNeeded: 90, unitsPerDay: 10, daysLeft: 9, estimatedEndAt: aTime, reason: '90 more units are needed.' },
    },
    bandit: null,
  };
}

export function anAlert(more: Partial<DriftAlert> = {}): DriftAlert {
  return {
    id: 'alert-1',
    kind: 'DATA',
    severity: 'HIGH',
    state: 'FIRING',
    model: 'digits',
    version: '1',
    feature: 'brightness',
    test: 'chi-square homogeneity',
    statistic: 120,
    pValue: 1e-9,
    threshold: 0.01,
    effect: 0.8,
    message: 'brightness has moved.',
    openedAt: aTime,
    updatedAt: aTime,
    comment: null,
    ...more,
  };
}

class FakeModelRegistry implements ModelRegistryService {
  models() {
    return [aModel];
  }
  model(name: string) {
    if (name === 'digits') return aModel;
    throw new AppError('MODEL_NOT_FOUND', `There is no model "${name}". Known models: digits.`);
  }
  resolve(name: string, versionOrLabel: string | null) {
    const { versions } = this.model(name);
    const version = versionOrLabel === null || versionOrLabel === 'champion' ? '1' : versionOrLabel;
    if (versions.some((one) => one.version === version)) return { version };
    throw new AppError('VERSION_NOT_FOUND', `${name} has no version or label "${version}".`);
  }
  championOf(name: string) {
    return name === 'digits' ? '1' : null;
  }
  classLabels(model: string, version: string) {
    return model === 'digits' && version === '1' ? ['zero', 'one', 'two'] : null;
  }
  async loadVersion(model: string, version: string) {
    this.resolve(model, version);
    return this.model(model);
  }
  async unloadVersion(model: string, version: string) {
    if (version === this.championOf(model)) throw new AppError('INVALID_STATE', `Version ${version} of ${model} cannot be unloaded.`);
    return this.loadVersion(model, version);
  }
  async setLabel(model: string, _label: string, version: string) {
    this.resolve(model, version);
    return this.model(model);
  }
}

/** Answers each row with class 2, and remembers what it was asked; `answer` decides otherwise. */
class FakePredictor implements PredictorService {
  readonly commands: PredictCommand[] = [];
  readonly callers: Caller[] = [];
  answer: (command: PredictCommand) => Promise<PredictionResult> = async () => aPrediction();

  async predict(command: PredictCommand | AppError, caller: Caller) {
    if (command instanceof AppError) throw command;
    this.commands.push(command);
    this.callers.push(caller);
    return this.answer(command);
  }

  async predictBatch(commands: readonly (PredictCommand | AppError)[]) {
    const rows = await Promise.all(
      commands.map(async (command, index): Promise<BatchRow> => {
        if (command instanceof AppError) return { ok: false, index, code: command.code, message: command.message };
        this.commands.push(command);
        return { ok: true, prediction: await this.answer(command) };
      }),
    );
    return { rows, totalInferenceMs: 10, avgInferenceMs: 10 / rows.length };
  }
}

class FakePredictionStore implements PredictionStore {
  readonly calls: unknown[][] = [];

  async find(id: string) {
    return id === aPredictionId ? aStoredPrediction() : null;
  }
  async list(...call: Parameters<PredictionStore['list']>) {
    this.calls.push(call);
    return { items: [aStoredPrediction()], hasNextPage: true };
  }
}

class FakeExperiments implements ExperimentService {
  readonly calls: unknown[][] = [];
  experiments: readonly Experiment[] = [anExperiment()];

  async list() {
    return this.experiments;
  }
  async find(key: string) {
    const found = this.experiments.find((one) => one.key === key);
    if (found) return found;
    throw new AppError('EXPERIMENT_NOT_FOUND', `There is no experiment "${key}".`);
  }
  async history(): Promise<readonly ExperimentEvent[]> {
    return [{ at: aTime, actor: 'admin', action: 'CREATED', reason: null, detail: null }];
  }
  async create(...call: Parameters<ExperimentService['create']>) {
    this.calls.push(['create', ...call]);
    if (call[0].variants.length >= 2) return anExperiment({ key: call[0].key });
    throw new FormError([
      { code: 'BAD_USER_INPUT', message: 'An experiment has at least two variants.', field: ['variants'] },
      { code: 'METRIC_NOT_FOUND', message: 'There is no metric "x".', field: ['primaryMetric'] },
    ]);
  }
  async update(...call: Parameters<ExperimentService['update']>) {
    return this.#change('update', call[0], ...call.slice(1));
  }
  async start(...call: Parameters<ExperimentService['start']>) {
    return this.#change('start', ...call);
  }
  async pause(...call: Parameters<ExperimentService['pause']>) {
    return this.#change('pause', ...call);
  }
  async resume(...call: Parameters<ExperimentService['resume']>) {
    return this.#change('resume', ...call);
  }
  async stop(...call: Parameters<ExperimentService['stop']>) {
    return this.#change('stop', ...call);
  }
  async ship(...call: Parameters<ExperimentService['ship']>) {
    return this.#change('ship', ...call);
  }
  #change(what: string, key: string, ...others: readonly unknown[]) {
    this.calls.push([what, key, ...others]);
    return this.find(key);
  }
}

const anArea = { estimate: 0.9, lower: 0.85, upper: 0.95, level: 0.95 };
const someClassifier: VariantClassifier = {
  ...{ variant: 'cnn', isControl: false, labelled: 10, accuracy: 0.9, macroPrecision: 0.9, macroRecall: 0.8, macroF1: 0.85 },
  ...{ logLoss: 0.2, brierScore: 0.1, expectedCalibrationError: 0.05 },
  auc: { auc: anArea, standardError: 0.02, difference: { estimate: 0.1, lower: 0, upper: 0.2, level: 0.95 } },
  classes: [{ label: '0', support: 5, precision: 1, recall: 0.8, f1: null, auc: { auc: anArea, standardError: 0.02, difference: null } }],
  confusion: [{ label: '0', counts: [5] }],
};

class FakeResults implements ResultsService {
  reads = 0;
  async segments() {
    return ['country=DE'];
  }
  async classifier(): Promise<readonly VariantClassifier[]> {
    return [someClassifier];
  }
  async results(key: string, segment = everyone) {
    this.reads++;
    if (key === 'linear-or-cnn') return { ...someResults(this.reads), segment: segment === everyone ? null : segment };
    throw new AppError('EXPERIMENT_NOT_FOUND', `There is no experiment "${key}".`);
  }
}

class FakeExports implements ExportService {
  readonly calls: unknown[][] = [];
  async export(...call: Parameters<ExportService['export']>) {
    this.calls.push(call);
    return { fileName: `${call[0]}.csv`, contentType: 'text/csv; charset=utf-8', text: 'experiment\r\n' };
  }
}

class FakeReports implements ReportService {
  readonly calls: unknown[] = [];
  async offPolicy(question: Parameters<ReportService['offPolicy']>[0]) {
    this.calls.push(question);
    const logged = { estimate: 0.9, standardError: 0.01, lower: 0.88, upper: 0.92 };
    return {
      ...{ experiment: question.experiment, metric: question.metric ?? 'accuracy', asOf: aTime, units: 100, unitsWithoutPropensity: 1 },
      ...{ sampledOneIn: 1, level: 0.95, logged, ips: null, selfNormalised: logged, doublyRobust: null },
      ...{ effectiveSampleSize: 50, largestWeight: 2, meanWeight: 1.01, warnings: [] },
    };
  }
  async interaction(question: Parameters<ReportService['interaction']>[0]) {
    this.calls.push(question);
    const difference = { estimate: 0.1, lower: -0.1, upper: 0.3, level: 0.95 };
    return {
      ...{ ...question, totalsOf: question.first, asOf: aTime, units: 40, sampledOneIn: 1 },
      cells: [{ first: 'linear', second: 'control', units: 40, mean: 0.5 }],
      independence: { pValue: 0.4, dependent: false },
      interactions: [{ first: 'cnn', second: 'new', difference, pValue: 0.3, adjustedPValue: 0.3 }],
      warnings: [],
    };
  }
}

class FakeSeries implements SeriesService {
  readonly calls: unknown[][] = [];
  points: readonly SeriesPoint[] = [];

  async series(...call: Parameters<SeriesService['series']>) {
    this.calls.push(call);
    return this.points;
  }
}

class FakeMetrics implements MetricService {
  async list() {
    return builtInMetrics;
  }
  async define({ key, kind, direction }: Parameters<MetricService['define']>[0]) {
    return {
      key,
      name: key,
      description: '',
      kind,
      direction: direction ?? 'higher',
      quantile: null,
      cap: null,
      conversionWindowMs: null,
      maturityMs: 0,
      isBuiltIn: false,
    } as const;
  }
}

class FakeOutcomes implements OutcomeService {
  readonly calls: unknown[] = [];
  async recordLabel(input: Parameters<OutcomeService['recordLabel']>[0]) {
    this.calls.push(input);
    return { id: aPredictionId, durability: 'JOURNALED' } as const;
  }
  async recordOutcome(input: Parameters<OutcomeService['recordOutcome']>[0]) {
    this.calls.push(input);
    return { id: aPredictionId, durability: 'COMMITTED' } as const;
  }
  async recordOutcomes(inputs: Parameters<OutcomeService['recordOutcomes']>[0]) {
    return inputs.map((input, index) =>
      input.metric === 'x'
        ? { index, code: 'METRIC_NOT_FOUND', message: 'There is no metric "x".' }
        : ({ id: aPredictionId, durability: 'JOURNALED' } as const),
    );
  }
}

class FakeDrift implements DriftService {
  readonly calls: unknown[][] = [];
  readonly alertQueues = new Set<BoundedQueue<DriftAlert>>();

  async report(model: string, version: string) {
    return {
      model,
      version,
      asOf: aTime,
      severity: 'NONE' as const,
      hasReference: false,
      reference: null,
      windowRows: 0,
      windowStartedAt: null,
      windowEndedAt: null,
      findings: [],
      note: 'There is no reference yet.',
    };
  }
  async captureReference(model: string, version: string) {
    const profile = { rows: 100, source: 'the newest predictions', features: [], accuracy: null };
    return { id: 'r', model, version, profile, capturedAt: aTime };
  }
  async acknowledge(id: string, comment: string | null) {
    if (id !== 'alert-1') throw new AppError('ALERT_NOT_FOUND', `There is no alert "${id}".`);
    return anAlert({ state: 'ACKNOWLEDGED', comment });
  }
  async resolve(): Promise<DriftAlert> {
    throw new AppError('INVALID_STATE', 'This alert is RESOLVED already.');
  }
  async alerts(...call: Parameters<DriftService['alerts']>) {
    this.calls.push(call);
    return { items: [anAlert()], hasNextPage: false };
  }
  async summary(model: string, days: number) {
    return {
      model,
      days,
      findings: [{ kind: 'DATA', feature: 'brightness', severity: 'LOW', count: 2 } as const],
      alerts: { opened: 0, resolved: 0, openNow: 0 },
      performance: [],
    };
  }
  async performanceHistory() {
    return [];
  }
  watchAlerts() {
    const queue: BoundedQueue<DriftAlert> = new BoundedQueue(16, () => this.alertQueues.delete(queue));
    this.alertQueues.add(queue);
    queue.push(anAlert());
    return queue;
  }
}

class FakeLiveStats implements LiveStatsService {
  readonly latest = new LatestValue<ReturnType<FakeLiveStats['snapshot']>>();
  readonly filters: unknown[] = [];

  snapshot(filter: object) {
    this.filters.push(filter);
    return {
      totalRequests: 3,
      successfulRequests: 2,
      failedRequests: 1,
      successRate: 2 / 3,
      requestsPerSecond: 1,
      avgInferenceMs: 5,
      stages: [{ stage: 'queue', count: 2, meanMs: 1, p50Ms: 1, p95Ms: null, p99Ms: null }],
      p50Ms: 4,
      p95Ms: null,
      p99Ms: null,
      avgBatchSize: null,
      cacheHits: 1,
      cacheMisses: 1,
      queueDepth: 0,
      uptimeMs: 1000,
      startedAt: aTime,
      asOf: aTime,
      replicas: 1,
    };
  }
  variantLatencies(experiment: string) {
    this.filters.push(experiment);
    return [{ variant: 'control', stages: [{ stage: 'total', count: 2, meanMs: 1, p50Ms: 1, p95Ms: null, p99Ms: null }] }];
  }
  watch(filter: object) {
    this.latest.set(this.snapshot(filter));
    return this.latest.watch();
  }
}

/** Services that answer from memory; each is also there by its own class, to look into or to bend. */
export function fakeServices() {
  const ticks = new Set<() => void>();
  const services = {
    server: { name: 'Touchstone', version: '0.0.0', replicaId: 'r1', startedAt: aTime, features: ['graphql'] },
    limits: { maxBatchSize: 4, maxOutcomes: 1000, maxBodyBytes: 1_000_000, maxImageBytes: 1000, maxImagePixels: 1_000_000, maxTopK: 1000 },
    modelRegistry: new FakeModelRegistry(),
    predictor: new FakePredictor(),
    predictions: new FakePredictionStore(),
    predictionFeed: new PredictionFeed(() => 0.5),
    experiments: new FakeExperiments(),
    router: {
      preview: (experiment: Experiment, _unitId: string, _attributes: unknown, version: string) =>
        ({ experiment: experiment.key, variant: null, version, inExperiment: false, propensity: null, reason: 'NOT_RUNNING' }) as const,
    },
    results: new FakeResults(),
    exports: new FakeExports(),
    reports: new FakeReports(),
    series: new FakeSeries(),
    metrics: new FakeMetrics(),
    outcomes: new FakeOutcomes(),
    drift: new FakeDrift(),
    liveStats: new FakeLiveStats(),
    every: (_intervalMs: number, tick: () => void) => {
      ticks.add(tick);
      return () => ticks.delete(tick);
    },
    now: () => new Date(aTime.getTime() + 60_000),
    logger: new FakeLogger(),
  } satisfies Services;
  /** `ticks`: the intervals that run; calling one is its time coming. */
  return { ...services, ticks };
}
