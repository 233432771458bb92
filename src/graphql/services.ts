import type { AlertFilter, DriftAlert, DriftSeverity } from '../drift/drift-alert';
import type { DriftReference } from '../drift/drift-store';
import type { AppError } from '../errors';
import type { JsonObject, PredictionEvent } from '../events/event';
import type { Logger } from '../events/logger';
import type { AssignmentDecision } from '../experiments/assignment-decision';
import type { VariantClassifier } from '../experiments/classifier-report';
import type { Experiment, ExperimentEvent } from '../experiments/experiment';
import type { ExperimentResults } from '../experiments/experiment-results';
import type { ExperimentFilter } from '../experiments/experiment-store';
import type { ExperimentExport, ExportFormat } from '../experiments/export-results';
import type { InteractionReport } from '../experiments/interaction-report';
import type { SeriesQuestion } from '../experiments/look-series';
import type { SeriesPoint } from '../experiments/look-store';
import type { Metric } from '../experiments/metric';
import type { DefineMetric } from '../experiments/metric-catalog';
import type { OffPolicyReport } from '../experiments/off-policy-report';
import type { OutcomeFailure, Receipt, RecordLabel, RecordOutcome } from '../experiments/record-outcome';
import type { InteractionQuestion, OffPolicyQuestion } from '../experiments/report-service';
import type { Segment } from '../experiments/segment';
import type { CreateExperiment, UpdateExperiment } from '../experiments/validate-plan';
import type { RegisteredModel, ServedVersion } from '../model-registry/model-registry';
import type { Caller } from '../prediction/caller';
import type { PredictionResult } from '../prediction/prediction-result';
import type { Page, PredictionStore } from '../prediction/prediction-store';
import type { BatchResult, PredictCommand } from '../prediction/predictor';
import type { DriftReportType, DriftSummaryType, PerformanceWindowType } from './drift/drift-report.type';
import type { ServingStatsType } from './live-stats/serving-stats.type';
import type { VariantLatencyType } from './live-stats/stage-stats.type';
import type { Every } from './live-topics';

/** What the resolvers need of the features: ports that this room owns and the classes of the features satisfy. */
export interface Services {
  readonly server: ServerInfo;
  readonly limits: RequestLimits;
  readonly modelRegistry: ModelRegistryService;
  readonly predictor: PredictorService;
  readonly predictions: PredictionStore;
  readonly predictionFeed: PredictionFeedService;
  readonly experiments: ExperimentService;
  readonly router: RouterService;
  readonly results: ResultsService;
  readonly exports: ExportService;
  readonly reports: ReportService;
  readonly series: SeriesService;
  readonly metrics: MetricService;
  readonly outcomes: OutcomeService;
  readonly drift: DriftService;
  readonly liveStats: LiveStatsService;
  readonly every: Every;
  readonly now: () => Date;
  readonly logger: Logger;
}

export interface ServerInfo {
  readonly name: string;
  readonly version: string;
  readonly replicaId: string;
  readonly startedAt: Date;
  readonly features: readonly string[];
}

export interface RequestLimits {
  readonly maxBatchSize: number;
  readonly maxOutcomes: number;
  readonly maxBodyBytes: number;
  readonly maxImageBytes: number;
  readonly maxImagePixels: number;
  readonly maxTopK: number;
}

export interface ModelRegistryService {
  models(): readonly RegisteredModel[];
  model(name: string): RegisteredModel;
  resolve(model: string, versionOrLabel: string | null): Pick<ServedVersion, 'version'>;
  championOf(model: string): string | null;
  classLabels(model: string, version: string): readonly string[] | null;
  setLabel(model: string, label: string, version: string): Promise<RegisteredModel>;
  loadVersion(model: string, version: string): Promise<RegisteredModel>;
  unloadVersion(model: string, version: string): Promise<RegisteredModel>;
}

export interface PredictorService {
  predict(command: PredictCommand | AppError, caller: Caller): Promise<PredictionResult>;
  predictBatch(commands: readonly (PredictCommand | AppError)[], caller: Caller): Promise<BatchResult>;
}

interface PredictionFeedService {
  watch(model: string, sampleRate: number): AsyncIterableIterator<PredictionEvent>;
}

export interface ExperimentService {
  list(filter: ExperimentFilter): Promise<readonly Experiment[]>;
  find(key: string): Promise<Experiment>;
  history(key: string): Promise<readonly ExperimentEvent[]>;
  create(input: CreateExperiment, actor: string): Promise<Experiment>;
  update(key: string, input: UpdateExperiment, actor: string): Promise<Experiment>;
  start(key: string, actor: string): Promise<Experiment>;
  pause(key: string, reason: string | null, actor: string): Promise<Experiment>;
  resume(key: string, actor: string): Promise<Experiment>;
  stop(key: string, reason: string | null, actor: string): Promise<Experiment>;
  ship(key: string, variant: string, reason: string | null, actor: string): Promise<Experiment>;
}

export interface RouterService {
  preview(experiment: Experiment, unitId: string, attributes: JsonObject | null, championVersion: string): AssignmentDecision;
}

export interface ResultsService {
  /** @param segment absent: all units. */
  results(key: string, segment?: Segment): Promise<ExperimentResults>;
  segments(key: string): Promise<readonly Segment[]>;
  classifier(key: string): Promise<readonly VariantClassifier[]>;
}

export interface ExportService {
  /** @param segment absent: all units. */
  export(key: string, format: ExportFormat, segment?: Segment): Promise<ExperimentExport>;
}

export interface ReportService {
  offPolicy(question: OffPolicyQuestion): Promise<OffPolicyReport>;
  interaction(question: InteractionQuestion): Promise<InteractionReport>;
}

export interface SeriesService {
  series(key: string, question: SeriesQuestion): Promise<readonly SeriesPoint[]>;
}

export interface MetricService {
  list(): Promise<readonly Metric[]>;
  define(input: DefineMetric): Promise<Metric>;
}

export interface OutcomeService {
  recordLabel(input: RecordLabel): Promise<Receipt>;
  recordOutcome(input: RecordOutcome): Promise<Receipt>;
  recordOutcomes(inputs: readonly RecordOutcome[]): Promise<readonly (Receipt | OutcomeFailure)[]>;
}

export interface DriftService {
  report(model: string, version: string): Promise<DriftReportType>;
  captureReference(model: string, version: string, options: { readonly lastRows?: number }): Promise<DriftReference>;
  acknowledge(id: string, comment: string | null): Promise<DriftAlert>;
  resolve(id: string, comment: string | null): Promise<DriftAlert>;
  alerts(filter: AlertFilter, first: number, after: string | null): Promise<Page<DriftAlert>>;
  summary(model: string, days: number): Promise<DriftSummaryType>;
  performanceHistory(model: string, version: string | null, days: number): Promise<readonly PerformanceWindowType[]>;
  watchAlerts(filter: { readonly model?: string; readonly minSeverity: DriftSeverity }): AsyncIterable<DriftAlert>;
}

/** Absent: of all. */
export interface ServingFilter {
  readonly model?: string;
  readonly version?: string;
}

export interface LiveStatsService {
  snapshot(filter: ServingFilter): ServingStatsType;
  /** Of the variants that have answered. */
  variantLatencies(experiment: string): readonly VariantLatencyType[];
  watch(filter: ServingFilter, intervalMs: number): AsyncIterable<ServingStatsType>;
}
