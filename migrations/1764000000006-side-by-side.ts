import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Several experiments of one model may run in parts of a namespace; whether their parts overlap is looked at under a lock, not by an index. */
export class SideBySide1764000000006 implements MigrationInterface {
  readonly name = 'SideBySide1764000000006';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX experiment_one_per_model');
    await queryRunner.query(`CREATE INDEX experiment_active ON experiment (model) WHERE status IN ('RUNNING', 'PAUSED')`);
  }

  /** Fails where several experiments of one model are active: they must be stopped first. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX experiment_active');
    await queryRunner.query(`CREATE UNIQUE INDEX experiment_one_per_model ON experiment (model) WHERE status IN ('RUNNING', 'PAUSED')`);
  }
}
