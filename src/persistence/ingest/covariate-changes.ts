import type { QueryRunner } from 'typeorm';
import { covariateProducts, covariateSumsOf } from '../../experiments/covariate-sums';
import { everyone, type Segment } from '../../experiments/segment';
import type { UnitGroup } from '../../experiments/unit-group';
import { covariateDelta, type UnitState } from '../../experiments/unit-state';
import { asRecordset } from '../query-rows';

interface UnitMetric {
  readonly experiment: string;
  readonly metric: string;
  readonly cap: number | null;
  readonly group: UnitGroup;
}

interface Row {
  readonly key: {
    readonly experiment: string;
    readonly segment: Segment;
    readonly variant: string;
    readonly metric: string;
    readonly period_end: Date;
  };
  /** In the order of `covariateProducts`. */
  sums: readonly number[];
}

/** What a batch adds to the sums of products with covariates. A batch without covariates writes nothing. */
export class CovariateChanges {
  readonly #runner: QueryRunner;
  readonly #rows = new Map<string, Row>();

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  add({ experiment, metric, cap, group: { variant, segments, periodEndMs } }: UnitMetric, before: UnitState, after: UnitState): void {
    const delta = covariateDelta(before, after, cap);
    for (const segment of [everyone, ...segments]) {
      // Keys have no spaces, and what may have some stands last.
      const key = `${experiment} ${variant} ${metric} ${periodEndMs} ${segment}`;
      const known = this.#rows.get(key);
      if (known) known.sums = known.sums.map((sum, at) => sum + (delta[at] as number));
      else this.#rows.set(key, { key: { experiment, segment, variant, metric, period_end: new Date(periodEndMs) }, sums: delta });
    }
  }

  async write(): Promise<void> {
    if (this.#rows.size === 0) return;
    const columns = covariateProducts.join(', ');
    await this.#runner.query(
      `INSERT INTO variant_covariate_sums AS sums (experiment, segment, variant, metric, period_end, ${columns})
       SELECT experiment, segment, variant, metric, period_end, ${columns}
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, segment text, variant text, metric text, period_end timestamptz,
              ${covariateProducts.map((product) => `${product} double precision`).join(', ')})
        ORDER BY 1, 2, 3, 4, 5
       ON CONFLICT (experiment, segment, variant, metric, period_end) DO UPDATE SET
          ${covariateProducts.map((product) => `${product} = sums.${product} + excluded.${product}`).join(', ')}`,
      [asRecordset([...this.#rows.values()].map(({ key, sums }) => ({ ...key, ...covariateSumsOf(sums) })))],
    );
  }
}
