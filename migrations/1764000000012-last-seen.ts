import type { MigrationInterface, QueryRunner } from 'typeorm';

const columns = ['last_exposure_at', 'last_label_at', 'last_outcome_at'];

/**
 * When the newest prediction, label and outcome of an experiment came. Of predictions before this only the first of each unit is known, which is
 * early rather than late; labels and outcomes begin with the next one.
 */
export class LastSeen1764000000012 implements MigrationInterface {
  readonly name = 'LastSeen1764000000012';

  async up(queryRunner: QueryRunner): Promise<void> {
    const added = columns.map((column) => `ADD COLUMN ${column} timestamptz`).join(', ');
    await queryRunner.query(`ALTER TABLE experiment_health ${added}`);
    await queryRunner.query(
      `INSERT INTO experiment_health (experiment, multiple_exposures, unmatched, last_exposure_at)
       SELECT experiment, 0, 0, max(first_exposed_at) FROM experiment_unit GROUP BY experiment
       ON CONFLICT (experiment) DO UPDATE SET last_exposure_at = excluded.last_exposure_at`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE experiment_health ${columns.map((column) => `DROP COLUMN ${column}`).join(', ')}`);
  }
}
