import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far, for how long and from when on the outcomes of a unit count. */
export class MetricWindows1764000000005 implements MigrationInterface {
  readonly name = 'MetricWindows1764000000005';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE metric ADD COLUMN cap double precision, ADD COLUMN conversion_window_ms double precision,
         ADD COLUMN maturity_ms double precision NOT NULL DEFAULT 0`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE metric DROP COLUMN cap, DROP COLUMN conversion_window_ms, DROP COLUMN maturity_ms');
  }
}
