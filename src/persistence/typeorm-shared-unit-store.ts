import { maxReportUnits } from '../experiments/logged-units';
import type { MetricSums } from '../experiments/result-sums';
import type { SharedUnitStore, SharedUnits, SharedUnitsRequest } from '../experiments/shared-units';
import { queryRows } from './query-rows';
import type { ReportReads } from './report-reads';
import { isSampled, sampleOneIn, sumsWhere } from './unit-sample';

interface Row extends Omit<MetricSums, 'units'> {
  readonly first: string;
  readonly second: string;
  readonly units: string;
  readonly counted: string;
}

const cells = `
  WITH picked AS MATERIALIZED (
    SELECT one.unit_id, one.variant AS first, other.variant AS second,
           $7::timestamptz IS NULL OR CASE WHEN $4 = $1 THEN one.period_end ELSE other.period_end END <= $7 AS is_ripe
      FROM experiment_unit one JOIN experiment_unit other ON other.unit_id = one.unit_id AND other.experiment = $2
     WHERE one.experiment = $1 AND ${isSampled('one.unit_id', '$8')}),
  measured AS (
    SELECT first, second, is_ripe, least(coalesce(numerator, 0), $6::float8) AS m,
           CASE WHEN $5 THEN coalesce(denominator, 0) ELSE 1 END AS d
      FROM picked
      LEFT JOIN unit_metric ON unit_metric.unit_id = picked.unit_id AND unit_metric.experiment = $4 AND unit_metric.metric = $3)
  SELECT first, second, count(*) AS units, ${sumsWhere('is_ripe AND d > 0')} FROM measured GROUP BY first, second ORDER BY first, second`;

/** Looks up each unit of a sample of the first experiment in the second, and adds up in the database. */
export class TypeormSharedUnitStore implements SharedUnitStore {
  readonly #reads: ReportReads;
  readonly #maxUnits: number;

  constructor(reads: ReportReads, maxUnits = maxReportUnits) {
    this.#reads = reads;
    this.#maxUnits = maxUnits;
  }

  read({ first, second, metric, totalsOf, isRatio, cap, exposedBefore }: SharedUnitsRequest): Promise<SharedUnits> {
    return this.#reads.read(async (runner) => {
      const sampledOneIn = await sampleOneIn(runner, first, this.#maxUnits);
      const rows = await queryRows<Row>(runner, cells, [first, second, metric, totalsOf, isRatio, cap, exposedBefore, sampledOneIn]);
      return {
        cells: rows.map(({ first: one, second: other, units, counted, ...sums }) => ({
          ...{ first: one, second: other, units: Number(units) },
          sums: { ...sums, units: Number(counted) },
        })),
        sampledOneIn,
      };
    });
  }
}
