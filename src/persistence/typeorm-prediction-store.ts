import type { DataSource } from 'typeorm';
import { AppError } from '../errors';
import type { Answer, ExperimentAssignment, InputFeatures, JsonObject, LabelEvent, PredictionTiming } from '../events/event';
import { eventIdTimeMs } from '../events/event-id';
import type { Page, PredictionFilter, PredictionStore, StoredPrediction } from '../prediction/prediction-store';
import { withDatabase } from './database-errors';
import { lowestIdAt } from './partitions';
import { queryRows } from './query-rows';

interface PredictionRow {
  readonly id: string;
  readonly occurred_at: Date;
  readonly model: string;
  readonly version: string;
  readonly unit_id: string | null;
  readonly attributes: JsonObject | null;
  readonly assignments: readonly ExperimentAssignment[];
  readonly answer: Answer | null;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
  readonly input_features: InputFeatures;
  readonly timing: PredictionTiming;
  readonly truth: LabelEvent['truth'] | null;
  readonly received_at: Date | null;
}

const columns = `p.id, p.occurred_at, p.model, p.version, p.unit_id, p.attributes, p.assignments, p.answer, p.failure_code, p.failure_message,
  p.input_features, p.timing, l.truth, l.received_at`;
const tables = 'prediction p LEFT JOIN prediction_label l ON l.prediction_id = p.id';
/** Ids made from an idempotency key carry the start of their day, so a page by time must look a day back. */
const dayMs = 86_400_000;

export class TypeormPredictionStore implements PredictionStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async find(id: string): Promise<StoredPrediction | null> {
    // What is no event id names no prediction; the database would refuse to compare it.
    if (eventIdTimeMs(id) === null) return null;
    const [row] = await withDatabase(() =>
      queryRows<PredictionRow>(this.#dataSource, `SELECT ${columns} FROM ${tables} WHERE p.id = $1`, [id]),
    );
    return row ? toStored(row) : null;
  }

  async list(filter: PredictionFilter, first: number, after: string | null): Promise<Page<StoredPrediction>> {
    const conditions: string[] = [];
    const values: unknown[] = [];
    const where = (condition: string, value: unknown) => {
      values.push(value);
      conditions.push(condition.replaceAll('?', `$${values.length}`));
    };
    if (filter.model !== undefined) where('p.model = ?', filter.model);
    if (filter.version !== undefined) where('p.version = ?', filter.version);
    if (filter.unitId !== undefined) where('p.unit_id = ?', filter.unitId);
    if (filter.experiment !== undefined) {
      where(
        'p.assignments @> ?::jsonb',
        JSON.stringify([{ experiment: filter.experiment, ...(filter.variant !== undefined && { variant: filter.variant }) }]),
      );
    }
    if (filter.from !== undefined) {
      where('p.occurred_at >= ?', filter.from);
      where('p.id >= ?', lowestIdAt(filter.from.getTime() - dayMs));
    }
    if (filter.to !== undefined) where('p.occurred_at < ?', filter.to);
    if (after !== null) where('p.id < ?', pageStart(after));
    const condition = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const sql = `SELECT ${columns} FROM ${tables} ${condition} ORDER BY p.id DESC LIMIT ${first + 1}`;
    const rows = await withDatabase(() => queryRows<PredictionRow>(this.#dataSource, sql, values));
    return { items: rows.slice(0, first).map(toStored), hasNextPage: rows.length > first };
  }
}

function toStored(row: PredictionRow): StoredPrediction {
  return {
    event: {
      type: 'prediction',
      id: row.id,
      occurredAtMs: row.occurred_at.getTime(),
      model: row.model,
      version: row.version,
      unitId: row.unit_id,
      attributes: row.attributes,
      assignments: row.assignments,
      outcome: row.answer
        ? { status: 'succeeded', answer: row.answer }
        : { status: 'failed', code: row.failure_code ?? 'INTERNAL_SERVER_ERROR', message: row.failure_message ?? '' },
      inputFeatures: row.input_features,
      timing: row.timing,
    },
    label: row.truth && row.received_at ? { truth: row.truth, receivedAt: row.received_at } : null,
  };
}

/** @throws AppError BAD_USER_INPUT */
function pageStart(after: string): string {
  if (eventIdTimeMs(after) !== null) return after;
  throw new AppError('BAD_USER_INPUT', 'The cursor is not one of predictions.');
}
