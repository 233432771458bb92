import { Arg, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { AlertFilter, DriftSeverity } from '../../drift/drift-alert';
import { AppError } from '../../errors';
import { decodeCursor, defaultPageSize, toConnection, toPageSize } from '../connection';
import { given } from '../given';
import { feedsOf } from '../live-feeds';
import type { DriftService, ModelRegistryService } from '../services';
import { asForm } from '../user-errors';
import { DriftAlertConnectionType, DriftAlertFilterInput, DriftAlertPayload, DriftAlertType, DriftSeverityEnum } from './drift-alert.type';
import {
  CaptureReferenceInput,
  DriftReferencePayload,
  DriftReportType,
  DriftSummaryType,
  PerformanceWindowType,
} from './drift-report.type';

const listName = 'alerts';
const defaultDays = 7;
const longestDays = 90;
const modelDescription = 'Name of the model.';

@Resolver()
export class DriftResolver {
  readonly #drift: DriftService;
  readonly #registry: Pick<ModelRegistryService, 'model' | 'resolve'>;

  constructor(drift: DriftService, registry: Pick<ModelRegistryService, 'model' | 'resolve'>) {
    this.#drift = drift;
    this.#registry = registry;
  }

  @Query(() => DriftReportType, { description: 'How recent traffic of a version compares with its reference, computed now.' })
  driftReport(
    @Arg('model', () => String, { description: modelDescription }) model: string,
    @Arg('version', () => String, { nullable: true, description: 'A version or a label; absent: the champion.' }) version: string | null,
  ): Promise<DriftReportType> {
    return this.#drift.report(model, this.#registry.resolve(model, version ?? null).version);
  }

  @Query(() => DriftAlertConnectionType, { description: 'Alerts, newest first.' })
  async driftAlerts(
    @Arg('filter', () => DriftAlertFilterInput, { nullable: true, description: 'Which ones; absent: all.' })
    filter: DriftAlertFilterInput | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: defaultPageSize, description: 'How many, 1..100.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item of the page before.' }) after: string | null,
  ): Promise<DriftAlertConnectionType> {
    const pageSize = toPageSize(first);
    const position = decodeCursor(listName, after);
    const page = await this.#drift.alerts(given(filter ?? {}) as AlertFilter, pageSize, position);
    return toConnection({ list: listName, ...page, after: position, positionOf: (alert) => alert.id });
  }

  @Query(() => DriftSummaryType, { description: 'What the looks of the last days found, and how performance went.' })
  async driftSummary(
    @Arg('model', () => String, { description: modelDescription }) model: string,
    @Arg('days', () => Int, { nullable: true, defaultValue: defaultDays, description: 'How many days back, 1..90.' }) days: number | null,
  ): Promise<DriftSummaryType> {
    return this.#drift.summary(this.#registry.model(model).name, toDays(days));
  }

  @Query(() => [PerformanceWindowType], { description: 'How right a model was: by the hour up to 7 days, else by the day; newest first.' })
  async performanceHistory(
    @Arg('model', () => String, { description: modelDescription }) model: string,
    @Arg('version', () => String, { nullable: true, description: 'A version or a label; absent: all versions together.' })
    version: string | null,
    @Arg('days', () => Int, { nullable: true, defaultValue: defaultDays, description: 'How many days back, 1..90.' }) days: number | null,
  ): Promise<readonly PerformanceWindowType[]> {
    const known = version == null ? null : this.#registry.resolve(model, version).version;
    return this.#drift.performanceHistory(this.#registry.model(model).name, known, toDays(days));
  }

  @Mutation(() => DriftReferencePayload, {
    description: 'Makes a reference of the newest predictions of a version; drift is measured against it from now on.',
  })
  async captureDriftReference(
    @Arg('model', () => String, { description: modelDescription }) model: string,
    @Arg('version', () => String, { description: 'A version or a label.' }) version: string,
    @Arg('input', () => CaptureReferenceInput, { nullable: true, description: 'What it shall be made of.' })
    input: CaptureReferenceInput | null,
  ): Promise<DriftReferencePayload> {
    const { result, userErrors } = await asForm(async () =>
      this.#drift.captureReference(model, this.#registry.resolve(model, version).version, given(input ?? {})),
    );
    return { reference: result && { ...result.profile, capturedAt: result.capturedAt }, userErrors };
  }

  @Mutation(() => DriftAlertPayload, { description: 'Says that a person knows of an alert.' })
  async acknowledgeDriftAlert(
    @Arg('id', () => ID, { description: 'Id of the alert.' }) id: string,
    @Arg('comment', () => String, { nullable: true, description: 'What is known of it.' }) comment: string | null,
  ): Promise<DriftAlertPayload> {
    const { result, userErrors } = await asForm(() => this.#drift.acknowledge(id, comment ?? null));
    return { alert: result, userErrors };
  }

  @Mutation(() => DriftAlertPayload, { description: 'Closes an alert.' })
  async resolveDriftAlert(
    @Arg('id', () => ID, { description: 'Id of the alert.' }) id: string,
    @Arg('comment', () => String, { nullable: true, description: 'What was done about it.' }) comment: string | null,
  ): Promise<DriftAlertPayload> {
    const { result, userErrors } = await asForm(() => this.#drift.resolve(id, comment ?? null));
    return { alert: result, userErrors };
  }

  @Subscription(() => DriftAlertType, {
    name: 'driftAlerts',
    description: 'Alerts, live: those that are open now, then each change of state.',
    subscribe: ({ args, info }) => feedsOf(info).driftAlerts(args.model ?? null, args.minSeverity ?? 'LOW'),
  })
  watchDriftAlerts(
    @Root() alert: DriftAlertType,
    @Arg('model', () => String, { nullable: true, description: 'About this model; absent: about all.' }) _model: string | null,
    @Arg('minSeverity', () => DriftSeverityEnum, { nullable: true, defaultValue: 'LOW', description: 'At least this severe.' })
    _minSeverity: DriftSeverity | null,
  ): DriftAlertType {
    return alert;
  }
}

function toDays(given: number | null): number {
  const days = given ?? defaultDays;
  if (days >= 1 && days <= longestDays) return days;
  throw new AppError('BAD_USER_INPUT', `days must be from 1 to ${longestDays}, not ${days}.`);
}
