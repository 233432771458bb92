import type { DataSource, QueryRunner } from 'typeorm';
import type { Metric } from '../../src/experiments/metric';
import type { ExperimentSums, MetricSums, VariantSums } from '../../src/experiments/result-sums';
import { everyone, type Segment } from '../../src/experiments/segment';

/** A mean or a ratio of one variant, by its definition. */
export interface DirectEstimate {
  readonly variant: string;
  readonly metric: string;
  readonly units: number;
  readonly mean: number;
  readonly standardError: number;
}

export interface Recomputation {
  readonly estimates: readonly DirectEstimate[];
  readonly sums: ExperimentSums;
}

const totals = 'bench_total';

/**
 * The results once more, from the rows of outcomes and units alone, in PostgreSQL's exact decimal arithmetic: neither the running sums nor the functions
 * that add to them have a part in it. Spreads are sums of squared distances from the mean (of a ratio R: of M - R D from 0), in a second pass.
 */
export class ResultsRecomputation {
  readonly #runner: QueryRunner;
  readonly #experiment: string;
  readonly #metrics: readonly Metric[];

  private constructor(runner: QueryRunner, experiment: string, metrics: readonly Metric[]) {
    this.#runner = runner;
    this.#experiment = experiment;
    this.#metrics = metrics;
  }

  /** Adds up what each unit did; every look afterwards starts from there. */
  static async begin(dataSource: DataSource, experiment: string, metrics: readonly Metric[]): Promise<ResultsRecomputation> {
    const runner = dataSource.createQueryRunner();
    await runner.query(`SET work_mem = '256MB'`);
    await runner.query(`DROP TABLE IF EXISTS ${totals}`);
    await runner.query(
      `CREATE TEMP TABLE ${totals} AS
       SELECT unit.unit_id, unit.variant, unit.segments, wanted.metric, wanted.kind,
              CASE WHEN wanted.cap < sum(outcome.value::numeric) THEN wanted.cap ELSE sum(outcome.value::numeric) END AS numerator,
              CASE WHEN wanted.kind = 'ratio' THEN sum(coalesce(outcome.denominator, 1)::numeric) ELSE 1 END AS denominator
         FROM experiment_unit unit
         JOIN outcome ON outcome.unit_id = unit.unit_id AND outcome.occurred_at >= unit.first_exposed_at
         JOIN unnest($2::text[], $3::text[], $4::numeric[]) AS wanted(metric, kind, cap) ON wanted.metric = outcome.metric
        WHERE unit.experiment = $1
        GROUP BY unit.unit_id, unit.variant, unit.segments, wanted.metric, wanted.kind, wanted.cap`,
      [experiment, metrics.map(({ key }) => key), metrics.map(({ kind }) => kind), metrics.map(({ cap }) => cap)],
    );
    return new ResultsRecomputation(runner, experiment, metrics);
  }

  async of(segment: Segment): Promise<Recomputation> {
    const exposed = await this.#exposed(segment);
    const predictions = await this.#predictions(segment);
    const sums = await this.#sums(segment);
    const estimates: DirectEstimate[] = [];
    for (const metric of this.#metrics)
      estimates.push(...(await (metric.kind === 'ratio' ? this.#ratios(metric, segment) : this.#means(metric, segment))));
    const variants = [...exposed].map(
      ([variant, exposedUnits]): VariantSums => ({
        variant,
        exposedUnits,
        predictions: predictions.get(variant) ?? 0,
        labelledPredictions: 0,
        metrics: sums.get(variant) ?? {},
        histograms: {},
        ripeUnits: {},
      }),
    );
    return { estimates, sums: { variants, multipleExposures: 0, unmatched: 0 } };
  }

  async end(): Promise<void> {
    await this.#runner.release();
  }

  async #exposed(segment: Segment): Promise<ReadonlyMap<string, number>> {
    const rows: { variant: string; units: string }[] = await this.#runner.query(
      `SELECT variant, count(*) AS units FROM experiment_unit WHERE experiment = $1 AND ${inSegment('segments', 2)} GROUP BY variant ORDER BY variant`,
      [this.#experiment, segment],
    );
    return new Map(rows.map(({ variant, units }) => [variant, Number(units)]));
  }

  /** From what was journaled of each. */
  async #predictions(segment: Segment): Promise<ReadonlyMap<string, number>> {
    const rows: { variant: string; predictions: string }[] = await this.#runner.query(
      `SELECT one->>'variant' AS variant, count(*) AS predictions
         FROM prediction, jsonb_array_elements(assignments) AS one
        WHERE one->>'experiment' = $1 AND event->'outcome'->>'status' = 'succeeded'
          AND ($2 = '' OR $2 = split_part($2, '=', 1) || '=' || (event->'attributes'->>split_part($2, '=', 1)))
        GROUP BY 1`,
      [this.#experiment, segment],
    );
    return new Map(rows.map(({ variant, predictions }) => [variant, Number(predictions)]));
  }

  async #sums(segment: Segment): Promise<ReadonlyMap<string, Readonly<Record<string, MetricSums>>>> {
    const rows: ({ variant: string; metric: string } & MetricSums)[] = await this.#runner.query(
      `SELECT variant, metric, count(*)::float8 AS units, sum(numerator)::float8 AS numerator, sum(denominator)::float8 AS denominator,
              sum(numerator * numerator)::float8 AS "numeratorSquared", sum(denominator * denominator)::float8 AS "denominatorSquared",
              sum(numerator * denominator)::float8 AS product, sum(numerator * numerator * numerator)::float8 AS "numeratorCubed",
              sum(numerator * numerator * denominator)::float8 AS "numeratorSquaredDenominator",
              sum(numerator * denominator * denominator)::float8 AS "numeratorDenominatorSquared",
              sum(denominator * denominator * denominator)::float8 AS "denominatorCubed"
         FROM ${totals} WHERE ${inSegment('segments', 1)} GROUP BY variant, metric`,
      [segment],
    );
    const byVariant = new Map<string, Record<string, MetricSums>>();
    for (const { variant, metric, ...sums } of rows) byVariant.set(variant, { ...byVariant.get(variant), [metric]: sums });
    return byVariant;
  }

  /** Over all exposed units; one without an outcome has 0. */
  #means({ key }: Metric, segment: Segment): Promise<readonly DirectEstimate[]> {
    return this.#runner.query(
      `SELECT unit.variant, $2 AS metric, count(*)::float8 AS units, avg(coalesce(numerator, 0))::float8 AS mean,
              sqrt(var_samp(coalesce(numerator, 0)) / count(*))::float8 AS "standardError"
         FROM experiment_unit unit LEFT JOIN ${totals} total ON total.unit_id = unit.unit_id AND total.metric = $2
        WHERE unit.experiment = $1 AND ${inSegment('unit.segments', 3)} GROUP BY unit.variant`,
      [this.#experiment, key, segment],
    );
  }

  #ratios({ key }: Metric, segment: Segment): Promise<readonly DirectEstimate[]> {
    return this.#runner.query(
      `WITH ratio AS (SELECT variant, sum(numerator) / sum(denominator) AS value, avg(denominator) AS mean_denominator
                        FROM ${totals} WHERE metric = $1 AND ${inSegment('segments', 2)} GROUP BY variant)
       SELECT variant, $1 AS metric, count(*)::float8 AS units, min(value)::float8 AS mean,
              (sqrt(sum((numerator - value * denominator) * (numerator - value * denominator)) / (count(*) - 1) / count(*)) / min(mean_denominator))::float8 AS "standardError"
         FROM ${totals} JOIN ratio USING (variant) WHERE metric = $1 AND ${inSegment('segments', 2)} GROUP BY variant`,
      [key, segment],
    );
  }
}

/** Whether a row is in the segment of a parameter. */
function inSegment(column: string, parameter: number): string {
  return `($${parameter}::text = '${everyone}' OR $${parameter} = ANY(${column}))`;
}
