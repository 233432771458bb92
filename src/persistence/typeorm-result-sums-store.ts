import type { DataSource, QueryRunner } from 'typeorm';
import type { ClassifierTally } from '../experiments/classifier-tally';
import { type CovariateSums, covariateProducts } from '../experiments/covariate-sums';
import { totalOfPhases } from '../experiments/phase-sums';
import type { ExperimentSums, MetricSums, ResultSumsStore, SumsRequest, VariantSums } from '../experiments/result-sums';
import type { Segment } from '../experiments/segment';
import { withDatabase } from './database-errors';
import { queryRows } from './query-rows';
import { readClassifiers, readHistograms } from './read-tallies';
import { sumColumns } from './sum-columns';

interface TrafficRow {
  readonly variant: string;
  readonly phase: number;
  readonly exposed_units: string;
  readonly predictions: string;
  readonly labelled_predictions: string;
}

interface RipeRow {
  readonly variant: string;
  readonly phase: number;
  readonly metric: string;
  readonly units: string;
}

type CovariateRow = { readonly variant: string; readonly metric: string } & CovariateSums;
interface HealthRow {
  readonly multiple_exposures: string;
  readonly unmatched: string;
  readonly last_exposure_at: Date | null;
  readonly last_label_at: Date | null;
  readonly last_outcome_at: Date | null;
}

type SumsRow = { readonly variant: string; readonly phase: number; readonly metric: string; readonly units: string } & Omit<
  MetricSums,
  'units'
>;

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

  classifiers(experimentKey: string): Promise<ReadonlyMap<string, ClassifierTally>> {
    return withDatabase(() => readClassifiers(this.#dataSource, experimentKey));
  }

  /** One snapshot, so that the parts belong together. */
  read(request: SumsRequest): Promise<ExperimentSums> {
    return withDatabase(() =>
      this.#dataSource.transaction('REPEATABLE READ', async ({ queryRunner }) => {
        if (!queryRunner) throw new Error('A transaction without a query runner');
        const traffic = await readTraffic(queryRunner, request);
        const sums = await readSums(queryRunner, request);
        const histograms = await readHistograms(queryRunner, {
          ripening: ripeningRows,
          condition: isRipe,
          parameters: ripeningParameters(request),
        });
        const ripe = request.ripening.length === 0 ? [] : await readRipeUnits(queryRunner, request);
        const covariates = request.covariates ? await readCovariates(queryRunner, request) : null;
        const [health] = await queryRows<HealthRow>(
          queryRunner,
          'SELECT multiple_exposures, unmatched, last_exposure_at, last_label_at, last_outcome_at FROM experiment_health WHERE experiment = $1',
          [request.experiment],
        );
        const phases = [...new Set(traffic.map(({ phase }) => phase))].map((phase) => ({
          phase,
          variants: traffic.filter((row) => row.phase === phase).map((row) => toVariantSums(row, sums, ripe)),
        }));
        return {
          variants: totalOfPhases(phases).map((sums) => ({
            ...(covariates ? withCovariates(sums, covariates) : sums),
            histograms: histograms.get(sums.variant) ?? {},
          })),
          phases,
          multipleExposures: Number(health?.multiple_exposures ?? 0),
          unmatched: Number(health?.unmatched ?? 0),
          lastSeen: {
            exposureAt: health?.last_exposure_at ?? null,
            labelAt: health?.last_label_at ?? null,
            outcomeAt: health?.last_outcome_at ?? null,
          },
        };
      }),
    );
  }
}

function readTraffic(runner: QueryRunner, { experiment, segment }: SumsRequest): Promise<TrafficRow[]> {
  return queryRows<TrafficRow>(
    runner,
    `SELECT variant, phase, sum(exposed_units) AS exposed_units, sum(predictions) AS predictions, sum(labelled_predictions) AS labelled_predictions
       FROM variant_traffic WHERE experiment = $1 AND segment = $2 GROUP BY variant, phase ORDER BY phase, variant`,
    [experiment, segment],
  );
}

const ripeningRows = 'unnest($3::text[], $4::timestamptz[]) AS ripening(metric, exposed_before)';
const isRipe = 'period_end <= exposed_before';

function ripeningParameters({ experiment, segment, ripening }: SumsRequest): readonly unknown[] {
  return [experiment, segment, ripening.map(({ metric }) => metric), ripening.map(({ exposedBefore }) => exposedBefore)];
}

/** Added up in the order of the periods, so that each read gives the same digits; sorted once for all sums. */
function readSums(runner: QueryRunner, request: SumsRequest): Promise<SumsRow[]> {
  return queryRows<SumsRow>(
    runner,
    `SELECT variant, phase, metric, sum(units) AS units, ${sumColumns.map(([column, field]) => `sum(${column}) AS "${field}"`).join(', ')}
       FROM (SELECT * FROM variant_sums LEFT JOIN ${ripeningRows} USING (metric)
              WHERE experiment = $1 AND segment = $2 AND (exposed_before IS NULL OR ${isRipe}) ORDER BY variant, phase, metric, period_end) AS ordered
      GROUP BY variant, phase, metric`,
    ripeningParameters(request),
  );
}

/** As `readSums`. */
function readCovariates(runner: QueryRunner, request: SumsRequest): Promise<CovariateRow[]> {
  return queryRows<CovariateRow>(
    runner,
    `SELECT variant, metric, ${covariateProducts.map((product) => `sum(${product}) AS ${product}`).join(', ')}
       FROM (SELECT * FROM variant_covariate_sums LEFT JOIN ${ripeningRows} USING (metric)
              WHERE experiment = $1 AND segment = $2 AND (exposed_before IS NULL OR ${isRipe}) ORDER BY variant, metric, period_end) AS ordered
      GROUP BY variant, metric`,
    ripeningParameters(request),
  );
}

function readRipeUnits(runner: QueryRunner, request: SumsRequest): Promise<RipeRow[]> {
  return queryRows<RipeRow>(
    runner,
    `SELECT variant, phase, metric, sum(exposed_units) AS units FROM variant_traffic JOIN ${ripeningRows} ON ${isRipe}
      WHERE experiment = $1 AND segment = $2 GROUP BY variant, phase, metric`,
    ripeningParameters(request),
  );
}

function toVariantSums(
  { variant, phase, exposed_units, predictions, labelled_predictions }: TrafficRow,
  rows: readonly SumsRow[],
  ripe: readonly RipeRow[],
): VariantSums {
  const isOwn = (row: SumsRow | RipeRow) => row.variant === variant && row.phase === phase;
  const own = rows.filter(isOwn);
  return {
    variant,
    exposedUnits: Number(exposed_units),
    predictions: Number(predictions),
    labelledPredictions: Number(labelled_predictions),
    metrics: Object.fromEntries(
      own.map(({ variant: _, phase: __, metric, units, ...sums }) => [metric, { ...sums, units: Number(units) }]),
    ),
    histograms: {},
    ripeUnits: Object.fromEntries(ripe.filter(isOwn).map(({ metric, units }) => [metric, Number(units)])),
  };
}

function withCovariates(sums: VariantSums, rows: readonly CovariateRow[]): VariantSums {
  const own = rows.filter(({ variant }) => variant === sums.variant);
  return { ...sums, covariates: Object.fromEntries(own.map(({ variant: _, metric, ...products }) => [metric, products])) };
}
