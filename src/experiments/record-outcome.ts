import { AppError } from '../errors';
import type { LabelEvent, OutcomeEvent, PredictionEvent } from '../events/event';
import { eventIdFromKey, eventIdTimeMs } from '../events/event-id';
import type { EventJournal } from '../events/event-journal';
import { isStorable, unstorableSentence } from '../events/storable';
import type { Metric } from './metric';
import type { MetricCatalog } from './metric-catalog';
import type { ModelCatalog } from './model-catalog';

export interface RecordLabel {
  readonly predictionId: string;
  readonly class?: number | null | undefined;
  readonly label?: string | null | undefined;
  readonly value?: number | null | undefined;
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
  find(id: string): Promise<{ readonly event: PredictionEvent } | null>;
}

export interface OutcomeRecorderOptions {
  readonly journal: EventJournal;
  readonly predictions: PredictionLookup;
  readonly metrics: Pick<MetricCatalog, 'list'>;
  readonly catalog: Pick<ModelCatalog, 'classLabels'>;
  /** Age of the oldest event that is journaled here but not in the database: a prediction that is younger may still be on its way. */
  readonly ingestLagMs: () => number;
  readonly createId: () => string;
  readonly now: () => Date;
}

const maxRows = 1000;
const futureToleranceMs = 5 * 60_000;
const unknownAfterMs = 60_000;
const maxKeyLength = 200;
const dayMs = 86_400_000;

/** Takes labels and outcomes: checks them, journals them with an fsync, and gives a receipt. */
export class OutcomeRecorder {
  readonly #options: OutcomeRecorderOptions;

  constructor(options: OutcomeRecorderOptions) {
    this.#options = options;
  }

  /** @throws AppError BAD_USER_INPUT, PREDICTION_NOT_FOUND, JOURNAL_FULL */
  async recordLabel(input: RecordLabel): Promise<Receipt> {
    const truth = readTruth(input);
    const now = this.#options.now();
    const occurredAtMs = checkTime(input.occurredAt ?? now, now);
    const prediction = await this.#lookUp(input.predictionId, now);
    if (prediction) this.#checkTruth(truth, prediction);
    const id = this.#eventId('label', input.predictionId, input.idempotencyKey ?? null, now);
    const event: LabelEvent = {
      type: 'label',
      id,
      predictionId: input.predictionId.toLowerCase(),
      truth,
      occurredAtMs,
      receivedAtMs: now.getTime(),
    };
    await this.#options.journal.append([event], 'disk');
    return { id, durability: 'JOURNALED' };
  }

  /** @throws AppError BAD_USER_INPUT, METRIC_NOT_FOUND, PREDICTION_NOT_FOUND, JOURNAL_FULL */
  async recordOutcome(input: RecordOutcome): Promise<Receipt> {
    const event = await this.#toEvent(input, await this.#options.metrics.list());
    await this.#options.journal.append([event], 'disk');
    return { id: event.id, durability: 'JOURNALED' };
  }

  /** Each row answers for itself; the good ones are journaled together. @throws AppError BATCH_TOO_LARGE, JOURNAL_FULL */
  async recordOutcomes(inputs: readonly RecordOutcome[]): Promise<readonly (Receipt | OutcomeFailure)[]> {
    if (inputs.length > maxRows)
      throw new AppError('BATCH_TOO_LARGE', `At most ${maxRows} outcomes are taken at once, not ${inputs.length}.`);
    const metrics = await this.#options.metrics.list();
    const rows = await Promise.all(
      inputs.map((input, index) => this.#toEvent(input, metrics).catch((error: unknown) => toFailure(error, index))),
    );
    const events = rows.flatMap((row) => ('type' in row ? [row] : []));
    if (events.length > 0) await this.#options.journal.append(events, 'disk');
    return rows.map((row) => ('type' in row ? { id: row.id, durability: 'JOURNALED' as const } : row));
  }

  async #toEvent(input: RecordOutcome, metrics: readonly Metric[]): Promise<OutcomeEvent> {
    const now = this.#options.now();
    const metric = metrics.find((one) => one.key === input.metric);
    if (!metric) throw new AppError('METRIC_NOT_FOUND', `There is no metric "${input.metric}". Define it first with defineMetric.`);
    const unitId = input.unitId ?? null;
    const predictionId = input.predictionId ?? null;
    if ((unitId === null) === (predictionId === null)) throw badInput('Give exactly one of unitId and predictionId.');
    if (unitId === '') throw badInput('unitId must not be empty.');
    if (!isStorable(unitId)) throw badInput(`unitId ${unstorableSentence}`);
    const value = checkValue(metric, input.value ?? 1, input.denominator ?? null);
    const occurredAtMs = checkTime(input.occurredAt ?? now, now);
    if (predictionId !== null) await this.#lookUp(predictionId, now);
    return {
      type: 'outcome',
      id: this.#eventId('outcome', metric.key, input.idempotencyKey, now),
      metric: metric.key,
      unitId,
      predictionId: predictionId?.toLowerCase() ?? null,
      value,
      denominator: null,
      occurredAtMs,
      receivedAtMs: now.getTime(),
    };
  }

  /** The prediction; null when it may still come. @throws AppError BAD_USER_INPUT, PREDICTION_NOT_FOUND */
  async #lookUp(id: string, now: Date): Promise<PredictionEvent | null> {
    const timeMs = eventIdTimeMs(id);
    if (timeMs === null) throw badInput(`"${id}" is not the id of a prediction.`);
    if (timeMs > now.getTime() + futureToleranceMs) throw badInput(`"${id}" is not the id of a prediction: its time lies in the future.`);
    // Read before the database is asked: what is ingested in between is found.
    const lagMs = this.#options.ingestLagMs();
    const found = await this.#options.predictions.find(id.toLowerCase()).catch((error: unknown) => {
      // With the database away nobody can say that it does not exist.
      if (error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE') return 'unknown' as const;
      throw error;
    });
    if (found === 'unknown') return null;
    if (found) return found.event;
    // The id of an idempotency key carries the start of its day, so its age says nothing.
    const ageMs = timeMs % dayMs === 0 ? 0 : now.getTime() - timeMs;
    if (ageMs > unknownAfterMs + lagMs) throw new AppError('PREDICTION_NOT_FOUND', `There is no prediction "${id}".`);
    return null;
  }

  #checkTruth(truth: LabelEvent['truth'], { model, version, outcome }: PredictionEvent): void {
    if (outcome.status === 'failed') throw badInput('This prediction failed, so there is no answer that a label could be compared with.');
    const isRegression = outcome.answer.kind === 'regression';
    if (isRegression !== (truth.kind === 'value')) {
      throw badInput(
        isRegression ? `${model} predicts a value: send "value".` : `${model} predicts a class: send "class" or "label", not "value".`,
      );
    }
    const labels = this.#options.catalog.classLabels(model, version);
    if (!labels || truth.kind === 'value') return;
    if (truth.kind === 'class' && truth.classIndex >= labels.length) {
      throw badInput(`${model} has ${labels.length} classes, 0 to ${labels.length - 1}; ${truth.classIndex} is none of them.`);
    }
    if (truth.kind === 'label' && !labels.includes(truth.label)) {
      throw badInput(
        `"${truth.label}" is not a class label of ${model}. Labels: ${labels.slice(0, 20).join(', ')}${labels.length > 20 ? ', ...' : ''}.`,
      );
    }
  }

  /** A key stands for one event a day: the same key again is the same id, which is counted once. */
  #eventId(kind: string, subject: string, key: string | null, now: Date): string {
    if (key === null) return this.#options.createId();
    if (key === '' || key.length > maxKeyLength) throw badInput(`idempotencyKey must have 1 to ${maxKeyLength} characters.`);
    const dayStartMs = Math.floor(now.getTime() / dayMs) * dayMs;
    return eventIdFromKey({ scope: `${kind}\u0000${subject}`, key, dayStartMs });
  }
}

function readTruth(input: RecordLabel): LabelEvent['truth'] {
  const classIndex = input.class ?? null;
  const label = input.label ?? null;
  const value = input.value ?? null;
  if ([classIndex, label, value].filter((one) => one !== null).length !== 1) throw badInput('Give exactly one of class, label and value.');
  if (classIndex !== null) {
    if (Number.isInteger(classIndex) && classIndex >= 0) return { kind: 'class', classIndex };
    throw badInput(`class must be a whole number of at least 0, not ${classIndex}.`);
  }
  if (label !== null && !isStorable(label)) throw badInput(`label ${unstorableSentence}`);
  if (label !== null) return { kind: 'label', label };
  if (value !== null && Number.isFinite(value)) return { kind: 'value', value };
  throw badInput('value must be a finite number.');
}

function checkValue(metric: Metric, value: number, denominator: number | null): number {
  if (metric.isBuiltIn) throw badInput(`"${metric.key}" is measured by the server itself; no outcomes are taken for it.`);
  if (denominator !== null) throw badInput(`"${metric.key}" is a ${metric.kind}, which takes no denominator.`);
  if (!Number.isFinite(value)) throw badInput('value must be a finite number.');
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
