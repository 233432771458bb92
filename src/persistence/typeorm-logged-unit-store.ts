import { type LoggedUnitStore, type LoggedUnits, type LoggedUnitsRequest, maxReportUnits } from '../experiments/logged-units';
import type { MetricSums } from '../experiments/result-sums';
import { queryRows } from './query-rows';
import type { ReportReads } from './report-reads';
import { isSampled, sampleOneIn, sumsWhere } from './unit-sample';

type Row = Omit<MetricSums, 'units'> & { readonly variant: string; readonly propensity: number | null; readonly counted: string };

/** The propensity of a unit is that of the prediction which exposed it first; of one that is not kept any more nothing is known. */
const groups = `
  WITH picked AS MATERIALIZED (
    SELECT unit_id, variant, first_prediction_id FROM experiment_unit
     WHERE experiment = $1 AND ${isSampled('unit_id', '$6')} AND ($5::timestamptz IS NULL OR period_end <= $5)),
  logged AS (
    SELECT variant,
           (SELECT (one->>'propensity')::float8 FROM jsonb_array_elements(prediction.assignments) AS one
             WHERE one->>'experiment' = $1 AND one->>'variant' = picked.variant LIMIT 1) AS propensity,
           least(coalesce(numerator, 0), $4::float8) AS m,
           CASE WHEN $3 THEN coalesce(denominator, 0) ELSE 1 END AS d
      FROM picked
      LEFT JOIN prediction ON prediction.id = picked.first_prediction_id
      LEFT JOIN unit_metric ON unit_metric.unit_id = picked.unit_id AND unit_metric.experiment = $1 AND unit_metric.metric = $2)
  SELECT variant, propensity, ${sumsWhere('d > 0')} FROM logged GROUP BY variant, propensity ORDER BY variant, propensity`;

/** Looks up each unit of a sample, and adds up in the database. */
export class TypeormLoggedUnitStore implements LoggedUnitStore {
  readonly #reads: ReportReads;
  readonly #maxUnits: number;

  constructor(reads: ReportReads, maxUnits = maxReportUnits) {
    this.#reads = reads;
    this.#maxUnits = maxUnits;
  }

  read({ experiment, metric, isRatio, cap, exposedBefore }: LoggedUnitsRequest): Promise<LoggedUnits> {
    return this.#reads.read(async (runner) => {
      const sampledOneIn = await sampleOneIn(runner, experiment, this.#maxUnits);
      const rows = await queryRows<Row>(runner, groups, [experiment, metric, isRatio, cap, exposedBefore, sampledOneIn]);
      return {
        groups: rows.map(({ variant, propensity, counted, ...sums }) => ({
          variant,
          propensity,
          sums: { ...sums, units: Number(counted) },
        })),
        sampledOneIn,
      };
    });
  }
}
