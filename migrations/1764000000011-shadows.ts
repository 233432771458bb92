import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What shadows answered, and the sums of their pairs: of each unit, of all units, and of single pairs by what both answers were. */
export class Shadows1764000000011 implements MigrationInterface {
  readonly name = 'Shadows1764000000011';

  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      `CREATE TABLE shadow_prediction (
        prediction_id uuid NOT NULL,
        experiment text NOT NULL,
        variant text NOT NULL,
        event json NOT NULL,
        CONSTRAINT shadow_prediction_pkey PRIMARY KEY (prediction_id, experiment, variant)
      ) PARTITION BY RANGE (prediction_id)`,
      'ALTER TABLE shadow_prediction ALTER COLUMN event SET STORAGE EXTERNAL',
      `CREATE TABLE paired_unit (
        unit_id text NOT NULL,
        experiment text NOT NULL,
        variant text NOT NULL,
        metric text NOT NULL,
        pairs double precision NOT NULL,
        control double precision NOT NULL,
        treatment double precision NOT NULL,
        CONSTRAINT paired_unit_pkey PRIMARY KEY (unit_id, experiment, variant, metric)
      ) WITH (fillfactor = 80)`,
      // `moments`: the packed matrix of (1, pairs, control, treatment) over units.
      `CREATE TABLE paired_sums (
        experiment text NOT NULL,
        segment text NOT NULL,
        variant text NOT NULL,
        metric text NOT NULL,
        moments double precision[] NOT NULL,
        CONSTRAINT paired_sums_pkey PRIMARY KEY (experiment, segment, variant, metric)
      ) WITH (fillfactor = 50)`,
      `CREATE TABLE paired_count (
        experiment text NOT NULL,
        segment text NOT NULL,
        variant text NOT NULL,
        kind text NOT NULL,
        control_bin integer NOT NULL,
        treatment_bin integer NOT NULL,
        pairs bigint NOT NULL,
        CONSTRAINT paired_count_pkey PRIMARY KEY (experiment, segment, variant, kind, control_bin, treatment_bin)
      ) WITH (fillfactor = 50)`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['paired_count', 'paired_sums', 'paired_unit', 'shadow_prediction']) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
