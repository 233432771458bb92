import type { DataSource } from 'typeorm';
import type { ExperimentSums, MetricSums, ResultSumsStore, VariantSums } from '../experiments/result-sums';
import type { Segment } from '../experiments/segment';
import { withDatabase } from './database-errors';
import { queryRows } from './query-rows';

interface TrafficRow {
  readonly variant: string;
  readonly exposed_units: string;
  readonly predictions: string;
  readonly labelled_predictions: string;
}

type SumsRow = { readonly variant: string; readonly metric: string; readonly units: string } & Omit<MetricSums, 'units'>;

/** Reads a few rows an experiment, whatever its traffic. */
export class TypeormResultSumsStore implements ResultSumsStore {
  readonly #dataSource: DataSource;
  readonly #lagMs: () => number;

  constructor(dataSource: DataSource, lagMs: () => number) {
    this.#dataSource = dataSource;
    this.#lagMs = lagMs;
  }

  ingestLagMs(): number {
    return this.#lagMs();
  }

  async segments(experimentKey: string): Promise<readonly Segment[]> {
    const rows = await withDatabase(() =>
      queryRows<{ segment: Segment }>(
        this.#dataSource,
        'SELECT segment FROM experiment_segment WHERE experiment = $1 ORDER BY segment COLLATE "C"',
        [experimentKey],
      ),
    );
    return rows.map(({ segment }) => segment);
  }

  /** One snapshot, so that the parts belong together. */
  read(experimentKey: string, segment: Segment): Promise<ExperimentSums> {
    return withDatabase(() =>
      this.#dataSource.transaction('REPEATABLE READ', async ({ queryRunner }) => {
        if (!queryRunner) throw new Error('A transaction without a query runner');
        const traffic = await queryRows<TrafficRow>(
          queryRunner,
          `SELECT variant, sum(exposed_units) AS exposed_units, sum(predictions) AS predictions, sum(labelled_predictions) AS labelled_predictions
             FROM variant_traffic WHERE experiment = $1 AND segment = $2 GROUP BY variant ORDER BY variant`,
          [experimentKey, segment],
        );
        const sums = await queryRows<SumsRow>(
          queryRunner,
          `SELECT variant, metric, sum(units) AS units, sum(numerator ORDER BY period) AS numerator, sum(denominator ORDER BY period) AS denominator,
                  sum(numerator_squared ORDER BY period) AS "numeratorSquared", sum(denominator_squared ORDER BY period) AS "denominatorSquared",
                  sum(product ORDER BY period) AS product
             FROM variant_sums WHERE experiment = $1 AND segment = $2 GROUP BY variant, metric`,
          [experimentKey, segment],
        );
        const [health] = await queryRows<{ multiple_exposures: string; unmatched: string }>(
          queryRunner,
          'SELECT multiple_exposures, unmatched FROM experiment_health WHERE experiment = $1',
          [experimentKey],
        );
        return {
          variants: traffic.map((row) => toVariantSums(row, sums)),
          multipleExposures: Number(health?.multiple_exposures ?? 0),
          unmatched: Number(health?.unmatched ?? 0),
        };
      }),
    );
  }
}

function toVariantSums({ variant, exposed_units, predictions, labelled_predictions }: TrafficRow, rows: readonly SumsRow[]): VariantSums {
  const own = rows.filter((row) => row.variant === variant);
  return {
    variant,
    exposedUnits: Number(exposed_units),
    predictions: Number(predictions),
    labelledPredictions: Number(labelled_predictions),
    metrics: Object.fromEntries(own.map(({ variant: _, metric, units, ...sums }) => [metric, { ...sums, units: Number(units) }])),
  };
}
