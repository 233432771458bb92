import type { MigrationInterface, QueryRunner } from 'typeorm';

const cubes = {
  numerator_cubed: 'm ^ 3',
  numerator_squared_denominator: 'm ^ 2 * d',
  numerator_denominator_squared: 'm * d ^ 2',
  denominator_cubed: 'd ^ 3',
};
const columns = Object.keys(cubes);
const products = [
  ...['x', 'e', 'mx', 'me', 'dx', 'de', 'xx', 'xe', 'ee'],
  ...['mmx', 'mme', 'mdx', 'mde', 'mxx', 'mxe', 'mee', 'ddx', 'dde', 'dxx', 'dxe', 'dee', 'xxx', 'xxe', 'xee', 'eee'],
];

/**
 * Sums of the third degree, made good from the units' totals for what is there already; and what is known of units from elsewhere, with its sums. The
 * columns of units are null where nothing is known, which takes no space.
 */
export class Covariates1764000000007 implements MigrationInterface {
  readonly name = 'Covariates1764000000007';

  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      // The default stays: an older replica that still ingests does not know the columns.
      `ALTER TABLE variant_sums ${columns.map((column) => `ADD COLUMN ${column} double precision NOT NULL DEFAULT 0`).join(', ')}`,
      `UPDATE variant_sums sums SET ${columns.map((column) => `${column} = made.${column}`).join(', ')}
         FROM (SELECT experiment, segment, variant, metric, period_end,
                      ${Object.entries(cubes)
                        .map(([column, product]) => `sum(${product}) AS ${column}`)
                        .join(', ')}
                 FROM (SELECT experiment, segment, variant, unit_metric.metric, period_end,
                              least(numerator, coalesce(metric.cap, 'Infinity')) AS m, denominator AS d
                         FROM unit_metric JOIN experiment_unit USING (unit_id, experiment) LEFT JOIN metric ON metric.key = unit_metric.metric
                        CROSS JOIN unnest(array_prepend('', segments)) AS segment) AS unit
                GROUP BY 1, 2, 3, 4, 5) AS made
        WHERE made.experiment = sums.experiment AND made.segment = sums.segment AND made.variant = sums.variant AND made.metric = sums.metric
          AND made.period_end = sums.period_end`,
      'ALTER TABLE unit_metric ADD COLUMN covariate double precision, ADD COLUMN covariate_denominator double precision',
      `CREATE TABLE variant_covariate_sums (
        experiment text NOT NULL,
        segment text NOT NULL,
        variant text NOT NULL,
        metric text NOT NULL,
        period_end timestamptz NOT NULL,
        ${products.map((product) => `${product} double precision NOT NULL`).join(', ')},
        CONSTRAINT variant_covariate_sums_pkey PRIMARY KEY (experiment, segment, variant, metric, period_end)
      ) WITH (fillfactor = 50)`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE variant_covariate_sums');
    await queryRunner.query('ALTER TABLE unit_metric DROP COLUMN covariate, DROP COLUMN covariate_denominator');
    await queryRunner.query(`ALTER TABLE variant_sums ${columns.map((column) => `DROP COLUMN ${column}`).join(', ')}`);
  }
}
