import { AppError } from '../errors';
import type { LabelEvent, OutcomeEvent, PredictionEvent } from '../events/event';
import { eventIdFromKey, eventIdTimeMs } from '../events/event-id';
import type { EventJournal } from '../events/event-journal';
import { isStorable, unstorableSentence } from '../events/storable';
import type { Metric } from './metric';
import type { MetricCatalog } from './metric-catalog';
import type { ModelCatalog } from './model-catalog';
import { readTruth, requireFittingTruth, type TruthInput, withClassIndex } from './read-truth';

export interface RecordLabel extends TruthInput {
  readonly predictionId: string;
  readonly occurredAt?: Date | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

export interface RecordOutcome {
  readonly metric: string;
  readonly unitId?: string | null | undefined;
  readonly predictionId?: string | null | undefined;
  readonly value?: number | undefined;
  readonly denominator?: number | null | undefined;
  readonly occurredAt?: Date | null | undefined;
  readonly idempotencyKey: string;
}

/** JOURNALED: on this replica's disk, fsynced; COMMITTED: in the database. */
export interface Receipt {
  readonly id: string;
  readonly durability: 'JOURNALED' | 'COMMITTED';
}

export interface OutcomeFailure {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** Port: predictions by id, as far as this replica can tell. */
export interface PredictionLookup {
  findEvent(id: string): Promise<PredictionEvent | null>;
}

export interface OutcomeRecorderOptions {
  readonly journal: EventJournal;
  readonly predictions: PredictionLookup;
  readonly metrics: Pick<MetricCatalog, 'list' | 'seen'>;
  readonly catalog: Pick<ModelCatalog, 'classLabels'>;
  /** Age of the oldest event that is journaled here but not in the database: a prediction that is younger may still be on its way. */
  readonly ingestLagMs: () => number;
  readonly createId: () => string;
  readonly now: () => Date;
}

const maxRows = 1000;
const futureToleranceMs = 5 * 60_000;
const unknownAfterMs = 60_000;
const maxKeyLength = 256;
const maxUnitIdLength = 512;
/** Cubes of a unit's total stay finite below it, however many outcomes it has. */
const maxValue = 1e75;
const dayMs = 86_400_000;

/** Takes labels and outcomes: checks them, journals them with an fsync, and gives a receipt. */
export class OutcomeRecorder {
  readonly #options: OutcomeRecorderOptions;

  constructor(options: OutcomeRecorderOptions) {
    this.#options = options;
  }

  /** @throws AppError BAD_USER_INPUT, PREDICTION_NOT_FOUND, JOURNAL_FULL */
  async recordLabel(input: RecordLabel): Promise<Receipt> {
    const given = readTruth(input);
    const now = this.#options.now();
    const occurredAtMs = checkTime(input.occurredAt ?? now, now);
    const predictionId = input.predictionId.toLowerCase();
    const id = this.#eventId('label', predictionId, input.idempotencyKey ?? null);
    const prediction = await this.#lookUp(predictionId, now);
    const labels = prediction && this.#options.catalog.classLabels(prediction.model, prediction.version);
    if (prediction) requireFittingTruth(given, prediction, labels);
    const truth = withClassIndex(given, labels);
    const event: LabelEvent = { type: 'label', id, predictionId, truth, occurredAtMs, receivedAtMs: now.getTime() };
    await this.#options.journal.append([event], 'disk');
    return { id, durability: 'JOURNALED' };
  }

  /** @throws AppError BAD_USER_INPUT, METRIC_NOT_FOUND, PREDICTION_NOT_FOUND, DATABASE_UNAVAILABLE, JOURNAL_FULL */
  async recordOutcome(input: RecordOutcome): Promise<Receipt> {
    const event = await this.#toEvent(input, this.#metricsOfCall());
    await this.#options.journal.append([event], 'disk');
    return { id: event.id, durability: 'JOURNALED' };
  }

  /** Each row answers for itself; the good ones are journaled together. @throws AppError BATCH_TOO_LARGE, JOURNAL_FULL */
  async recordOutcomes(inputs: readonly RecordOutcome[]): Promise<readonly (Receipt | OutcomeFailure)[]> {
    if (inputs.length > maxRows)
      throw new AppError('BATCH_TOO_LARGE', `At most ${maxRows} outcomes are taken at once, not ${inputs.length}.`);
    const metricOf = this.#metricsOfCall();
    const rows = await Promise.all(
      inputs.map((input, index) => this.#toEvent(input, metricOf).catch((error: unknown) => toFailure(error, index))),
    );
    const events = rows.flatMap((row) => ('type' in row ? [row] : []));
    if (events.length > 0) await this.#options.journal.append(events, 'disk');
    return rows.map((row) => ('type' in row ? { id: row.id, durability: 'JOURNALED' as const } : row));
  }

  async #toEvent(input: RecordOutcome, metricOf: (key: string) => Promise<Metric | null>): Promise<OutcomeEvent> {
    const now = this.#options.now();
    const metric = await metricOf(input.metric);
    if (!metric) throw new AppError('METRIC_NOT_FOUND', `There is no metric "${input.metric}". Define it first with defineMetric.`);
    const unitId = input.unitId ?? null;
    const predictionId = input.predictionId?.toLowerCase() ?? null;
    if ((unitId === null) === (predictionId === null)) throw badInput('Give exactly one of unitId and predictionId.');
    if (unitId === '') throw badInput('unitId must not be empty.');
    if (unitId !== null && unitId.length > maxUnitIdLength) throw badInput(`unitId must have at most ${maxUnitIdLength} characters.`);
    if (!isStorable(unitId)) throw badInput(`unitId ${unstorableSentence}`);
    const value = checkValue(metric, input.value ?? 1, input.denominator ?? null);
    const occurredAtMs = checkTime(input.occurredAt ?? now, now);
    const id = this.#eventId('outcome', metric.key, input.idempotencyKey);
    if (predictionId !== null) await this.#lookUp(predictionId, now);
    return {
      ...{
        type: 'outcome',
        id,
        metric: metric.key,
        unitId,
        predictionId,
        value,
        denominator: metric.kind === 'ratio' ? (input.denominator ?? 1) : null,
      },
      ...{ occurredAtMs, receivedAtMs: now.getTime() },
    };
  }

  /** Metrics from memory, so that outcomes are taken while the database is away; a call reads the list at most once, for a key never seen. */
  #metricsOfCall(): (key: string) => Promise<Metric | null> {
    const { metrics } = this.#options;
    let fresh: Promise<readonly Metric[]> | null = null;
    return async (key) => {
      const seen = metrics.seen(key);
      if (seen) return seen;
      fresh ??= metrics.list();
      return (await fresh).find((metric) => metric.key === key) ?? null;
    };
  }

  /** The prediction; null when it may still come. @throws AppError BAD_USER_INPUT, PREDICTION_NOT_FOUND */
  async #lookUp(id: string, now: Date): Promise<PredictionEvent | null> {
    const timeMs = eventIdTimeMs(id);
    if (timeMs === null) throw badInput(`"${id}" is not the id of a prediction.`);
    if (timeMs > now.getTime() + futureToleranceMs) throw badInput(`"${id}" is not the id of a prediction: its time lies in the future.`);
    // Read before the look-up: what is ingested in between is found.
    const lagMs = this.#options.ingestLagMs();
    const found = await this.#options.predictions.findEvent(id).catch((error: unknown) => {
      // With the database away nobody can say that it does not exist.
      if (error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE') return 'unknown' as const;
      throw error;
    });
    if (found === 'unknown') return null;
    if (found) return found;
    if (latestMadeMs(timeMs) < now.getTime() - unknownAfterMs - lagMs)
      throw new AppError('PREDICTION_NOT_FOUND', `There is no prediction "${id}".`);
    return null;
  }

  /** The same key again is the same id, which is counted once: it depends on no clock, so that a retry over midnight is a retry too. */
  #eventId(kind: string, subject: string, key: string | null): string {
    if (key === null) return this.#options.createId();
    if (key === '' || key.length > maxKeyLength) throw badInput(`idempotencyKey must have 1 to ${maxKeyLength} characters.`);
    return eventIdFromKey({ scope: `${kind}\u0000${subject}`, key, dayStartMs: 0 });
  }
}

/** An id made from an idempotency key holds the start of its UTC day: the prediction may have been made at any time of that day. */
function latestMadeMs(idTimeMs: number): number {
  return idTimeMs % dayMs === 0 ? idTimeMs + dayMs : idTimeMs;
}

function checkValue(metric: Metric, value: number, denominator: number | null): number {
  if (metric.isBuiltIn) throw badInput(`"${metric.key}" is measured by the server itself; no outcomes are taken for it.`);
  if (denominator !== null && metric.kind !== 'ratio') throw badInput(`"${metric.key}" is a ${metric.kind}, which takes no denominator.`);
  if (denominator !== null && !(denominator >= 0 && denominator <= maxValue))
    throw badInput(`denominator must be a finite number from 0 to ${maxValue}.`);
  if (!(Math.abs(value) <= maxValue)) throw badInput(`value must be a finite number from -${maxValue} to ${maxValue}.`);
  if (metric.kind === 'proportion' && value !== 0 && value !== 1)
    throw badInput(`"${metric.key}" is a proportion: its value is 0 or 1, not ${value}.`);
  return value;
}

/** @returns milliseconds since 1970 */
function checkTime(at: Date, now: Date): number {
  const timeMs = at.getTime();
  if (!Number.isFinite(timeMs) || timeMs < 0) throw badInput('occurredAt must be a time after 1970.');
  if (timeMs > now.getTime() + futureToleranceMs)
    throw badInput(`occurredAt (${at.toISOString()}) lies in the future; it is ${now.toISOString()} here.`);
  return timeMs;
}

function toFailure(error: unknown, index: number): OutcomeFailure {
  if (error instanceof AppError) return { index, code: error.code, message: error.message };
  throw error;
}

function badInput(message: string): AppError {
  return new AppError('BAD_USER_INPUT', message);
}
