import type { DataSource } from 'typeorm';
import type { ExperimentSums, MetricSums, ResultSumsStore, VariantSums } from '../experiments/result-sums';
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

  /** One snapshot, so that the parts belong together. */
  read(experimentKey: string): Promise<ExperimentSums> {
    return withDatabase(() =>
      this.#dataSource.transaction('REPEATABLE READ', async ({ queryRunner }) => {
        if (!queryRunner) throw new Error('A transaction without a query runner');
        const traffic = await queryRows<TrafficRow>(
          queryRunner,
          'SELECT variant, exposed_units, predictions, labelled_predictions FROM variant_traffic WHERE experiment = $1 ORDER BY variant',
          [experimentKey],
        );
        const sums = await queryRows<SumsRow>(
          queryRunner,
          `SELECT variant, metric, units, numerator, denominator, numerator_squared AS "numeratorSquared", denominator_squared AS "denominatorSquared", product
             FROM variant_sums WHERE experiment = $1`,
          [experimentKey],
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
