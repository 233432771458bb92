import type { DataSource } from 'typeorm';
import type { ExperimentLook, LookRow, LookStore, SeriesPoint, SeriesRequest } from '../experiments/look-store';
import { withDatabase } from './database-errors';
import { asRecordset, queryRows } from './query-rows';

interface FlatRow {
  readonly look: number;
  readonly at: Date;
  readonly metric: string;
  readonly variant: string;
  readonly control_units: string;
  readonly units: string;
  readonly control_mean: number | null;
  readonly mean: number | null;
  readonly absolute_estimate: number | null;
  readonly absolute_lower: number | null;
  readonly absolute_upper: number | null;
  readonly relative_estimate: number | null;
  readonly relative_lower: number | null;
  readonly relative_upper: number | null;
  readonly p_value: number | null;
  readonly evidence: LookRow['evidence'];
}

/** Any constant does, as long as nobody else in the database uses it for two-part locks. */
const lookLock = 0x6c6f6f6b;

/** One row for each metric of each treatment at each look; what is found is what was stored, to the last bit. */
export class TypeormLookStore implements LookStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async newest(experiment: string): Promise<ExperimentLook | null> {
    const rows = await withDatabase(() =>
      queryRows<FlatRow>(
        this.#dataSource,
        `SELECT * FROM experiment_look WHERE experiment = $1 AND look = (SELECT max(look) FROM experiment_look WHERE experiment = $1)
          ORDER BY metric COLLATE "C", variant COLLATE "C"`,
        [experiment],
      ),
    );
    const [first] = rows;
    return first ? { experiment, number: first.look, at: first.at, rows: rows.map(toRow) } : null;
  }

  /** Replicas that store a look of one experiment at once wait for each other; the later ones find that it is there. */
  append({ experiment, number, at, rows }: ExperimentLook, after: number): Promise<boolean> {
    return withDatabase(() =>
      this.#dataSource.transaction(async ({ queryRunner }) => {
        if (!queryRunner) throw new Error('A transaction without a query runner');
        await queryRunner.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [lookLock, experiment]);
        const stored = await queryRows(
          queryRunner,
          `INSERT INTO experiment_look
           SELECT $2, $3, metric, variant, $4, control_units, units, control_mean, mean, absolute_estimate, absolute_lower, absolute_upper,
                  relative_estimate, relative_lower, relative_upper, p_value, evidence
             FROM jsonb_to_recordset($1) AS new(metric text, variant text, control_units bigint, units bigint, control_mean double precision,
                  mean double precision, absolute_estimate double precision, absolute_lower double precision, absolute_upper double precision,
                  relative_estimate double precision, relative_lower double precision, relative_upper double precision,
                  p_value double precision, evidence jsonb)
            WHERE $3::integer > $5::integer AND $5 = (SELECT coalesce(max(look), 0) FROM experiment_look WHERE experiment = $2)
           ON CONFLICT DO NOTHING RETURNING look`,
          [asRecordset(rows.map(flat)), experiment, number, at, after],
        );
        return stored.length === rows.length;
      }),
    );
  }

  /** The last look of each of `maxPoints` equal stretches of time, so that few rows leave the database however many there are. */
  async series({ experiment, metric, variant, maxPoints }: SeriesRequest): Promise<readonly SeriesPoint[]> {
    const rows = await withDatabase(() =>
      queryRows<FlatRow>(
        this.#dataSource,
        `SELECT * FROM (
           SELECT DISTINCT ON (stretch) * FROM (
             SELECT *, ceil(extract(epoch FROM at - min(at) OVER ()) * $4 / greatest(extract(epoch FROM max(at) OVER () - min(at) OVER ()), 0.001)) AS stretch
               FROM experiment_look WHERE experiment = $1 AND metric = $2 AND variant = $3) AS placed
            ORDER BY stretch, look DESC) AS thinned
          ORDER BY look`,
        [experiment, metric, variant, maxPoints - 1],
      ),
    );
    return rows.map((row) => ({ ...toRow(row), number: row.look, at: row.at }));
  }
}

function flat({ controlUnits, controlMean, absoluteLift, relativeLift, pValue, ...row }: LookRow): object {
  return {
    ...row,
    control_units: controlUnits,
    control_mean: controlMean,
    absolute_estimate: absoluteLift?.estimate,
    absolute_lower: absoluteLift?.lower,
    absolute_upper: absoluteLift?.upper,
    relative_estimate: relativeLift?.estimate,
    relative_lower: relativeLift?.lower,
    relative_upper: relativeLift?.upper,
    p_value: pValue,
  };
}

function toRow(row: FlatRow): LookRow {
  return {
    metric: row.metric,
    variant: row.variant,
    controlUnits: Number(row.control_units),
    units: Number(row.units),
    controlMean: row.control_mean,
    mean: row.mean,
    absoluteLift: toLift(row.absolute_estimate, row.absolute_lower, row.absolute_upper),
    relativeLift: toLift(row.relative_estimate, row.relative_lower, row.relative_upper),
    pValue: row.p_value,
    evidence: row.evidence,
  };
}

function toLift(estimate: number | null, lower: number | null, upper: number | null): LookRow['absoluteLift'] {
  return estimate === null || lower === null || upper === null ? null : { estimate, lower, upper };
}
