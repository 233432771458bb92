import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What experiments have shown at the looks of their schedules. */
export class ExperimentLooks1764000000008 implements MigrationInterface {
  readonly name = 'ExperimentLooks1764000000008';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE experiment_look (
         experiment text NOT NULL, look integer NOT NULL CHECK (look > 0), metric text NOT NULL, variant text NOT NULL, at timestamptz NOT NULL,
         control_units bigint NOT NULL, units bigint NOT NULL, control_mean double precision, mean double precision,
         absolute_estimate double precision, absolute_lower double precision, absolute_upper double precision,
         relative_estimate double precision, relative_lower double precision, relative_upper double precision,
         p_value double precision, evidence jsonb,
         PRIMARY KEY (experiment, look, metric, variant)
       )`,
    );
    // The key finds the newest look, this one the looks at one lift over time.
    await queryRunner.query('CREATE INDEX experiment_look_series ON experiment_look (experiment, metric, variant, at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE experiment_look');
  }
}
