import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A retry of a label that a later one has replaced must be known as a retry: the replaced ids are kept beside the label that counts. */
export class EarlierLabels1764000000002 implements MigrationInterface {
  readonly name = 'EarlierLabels1764000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("ALTER TABLE prediction_label ADD COLUMN earlier_ids uuid[] NOT NULL DEFAULT '{}'");
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE prediction_label DROP COLUMN earlier_ids');
  }
}
