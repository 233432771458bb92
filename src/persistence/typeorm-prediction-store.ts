import type { DataSource } from 'typeorm';
import { AppError } from '../errors';
import type { LabelEvent, PredictionEvent } from '../events/event';
import { eventIdTimeMs } from '../events/event-id';
import { unpackEvent } from '../events/event-json';
import type { Page, PredictionFilter, PredictionStore, StoredPrediction } from '../prediction/prediction-store';
import { withDatabase } from './database-errors';
import { lowestIdAt } from './partitions';
import { queryRows } from './query-rows';

interface PredictionRow {
  readonly event: PredictionEvent;
  readonly truth: LabelEvent['truth'] | null;
  readonly received_at: Date | null;
}

const columns = 'p.event, l.truth, l.received_at';
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

function toStored({ event, truth, received_at: receivedAt }: PredictionRow): StoredPrediction {
  return { event: unpackEvent(event), label: truth && receivedAt ? { truth, receivedAt } : null };
}

/** @throws AppError BAD_USER_INPUT */
function pageStart(after: string): string {
  if (eventIdTimeMs(after) !== null) return after;
  throw new AppError('BAD_USER_INPUT', 'The cursor is not one of predictions.');
}
