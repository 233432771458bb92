import type { MigrationInterface, QueryRunner } from 'typeorm';

const sums = ['numerator', 'denominator', 'numerator_squared', 'denominator_squared', 'product'];

/**
 * Sums by segment and by hour of first exposure. What is there already belongs to everyone; its units are told apart by hour, and the counters of
 * predictions, which are not kept by unit, stand on the first of them.
 */
export class Segments1764000000004 implements MigrationInterface {
  readonly name = 'Segments1764000000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      `ALTER TABLE experiment_unit ADD COLUMN segments text[] NOT NULL DEFAULT '{}', ADD COLUMN period_end timestamptz`,
      `UPDATE experiment_unit SET period_end = date_trunc('hour', first_exposed_at, 'UTC') + interval '1 hour'`,
      'ALTER TABLE experiment_unit ALTER COLUMN period_end SET NOT NULL, ALTER COLUMN segments DROP DEFAULT',
      'ALTER TABLE variant_sums RENAME TO earlier_sums',
      'ALTER TABLE earlier_sums RENAME CONSTRAINT variant_sums_pkey TO earlier_sums_pkey',
      `CREATE TABLE variant_sums (
        experiment text NOT NULL,
        segment text NOT NULL,
        variant text NOT NULL,
        metric text NOT NULL,
        period_end timestamptz NOT NULL,
        units bigint NOT NULL,
        numerator double precision NOT NULL,
        denominator double precision NOT NULL,
        numerator_squared double precision NOT NULL,
        denominator_squared double precision NOT NULL,
        product double precision NOT NULL,
        CONSTRAINT variant_sums_pkey PRIMARY KEY (experiment, segment, variant, metric, period_end)
      ) WITH (fillfactor = 50)`,
      `INSERT INTO variant_sums
       SELECT experiment, '', variant, metric, period_end, count(*) FILTER (WHERE denominator > 0), sum(numerator), sum(denominator),
              sum(numerator ^ 2), sum(denominator ^ 2), sum(numerator * denominator)
         FROM unit_metric JOIN experiment_unit USING (unit_id, experiment) GROUP BY 1, 3, 4, 5`,
      'DROP TABLE earlier_sums',
      'ALTER TABLE variant_traffic RENAME TO earlier_traffic',
      'ALTER TABLE earlier_traffic RENAME CONSTRAINT variant_traffic_pkey TO earlier_traffic_pkey',
      `CREATE TABLE variant_traffic (
        experiment text NOT NULL,
        segment text NOT NULL,
        variant text NOT NULL,
        period_end timestamptz NOT NULL,
        exposed_units bigint NOT NULL,
        predictions bigint NOT NULL,
        labelled_predictions bigint NOT NULL,
        CONSTRAINT variant_traffic_pkey PRIMARY KEY (experiment, segment, variant, period_end)
      ) WITH (fillfactor = 50)`,
      `INSERT INTO variant_traffic
       SELECT experiment, '', variant, period_end, count(*), 0, 0 FROM experiment_unit GROUP BY 1, 3, 4`,
      `UPDATE variant_traffic traffic SET predictions = earlier.predictions, labelled_predictions = earlier.labelled_predictions
         FROM earlier_traffic earlier
        WHERE earlier.experiment = traffic.experiment AND earlier.variant = traffic.variant
          AND traffic.period_end = (SELECT min(period_end) FROM variant_traffic one WHERE one.experiment = traffic.experiment AND one.variant = traffic.variant)`,
      'DROP TABLE earlier_traffic',
      // Values are told apart in the order in which they come, up to a limit; this remembers which ones.
      `CREATE TABLE experiment_segment (
        experiment text NOT NULL,
        segment text NOT NULL,
        CONSTRAINT experiment_segment_pkey PRIMARY KEY (experiment, segment)
      )`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      'DROP TABLE experiment_segment',
      `DELETE FROM variant_sums WHERE segment <> ''`,
      `CREATE TABLE later_sums AS
       SELECT experiment, variant, metric, sum(units)::bigint AS units, ${sums.map((column) => `sum(${column}) AS ${column}`).join(', ')}
         FROM variant_sums GROUP BY 1, 2, 3`,
      'TRUNCATE variant_sums',
      'ALTER TABLE variant_sums DROP CONSTRAINT variant_sums_pkey, DROP COLUMN segment, DROP COLUMN period_end',
      'ALTER TABLE variant_sums ADD CONSTRAINT variant_sums_pkey PRIMARY KEY (experiment, variant, metric)',
      `INSERT INTO variant_sums (experiment, variant, metric, units, ${sums.join(', ')}) SELECT * FROM later_sums`,
      'DROP TABLE later_sums',
      `DELETE FROM variant_traffic WHERE segment <> ''`,
      `CREATE TABLE later_traffic AS
       SELECT experiment, variant, sum(exposed_units)::bigint, sum(predictions)::bigint AS predictions, sum(labelled_predictions)::bigint AS labelled
         FROM variant_traffic GROUP BY 1, 2`,
      'TRUNCATE variant_traffic',
      'ALTER TABLE variant_traffic DROP CONSTRAINT variant_traffic_pkey, DROP COLUMN segment, DROP COLUMN period_end',
      'ALTER TABLE variant_traffic ADD CONSTRAINT variant_traffic_pkey PRIMARY KEY (experiment, variant)',
      'INSERT INTO variant_traffic (experiment, variant, exposed_units, predictions, labelled_predictions) SELECT * FROM later_traffic',
      'DROP TABLE later_traffic',
      'ALTER TABLE experiment_unit DROP COLUMN segments, DROP COLUMN period_end',
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}
