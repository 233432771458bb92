import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = [
  { table: 'variant_sums', key: 'experiment, segment, variant, metric, period_end' },
  { table: 'variant_traffic', key: 'experiment, segment, variant, period_end' },
];
const counts = ['exposed_units', 'predictions', 'labelled_predictions'];
const sums = [
  ...['numerator', 'denominator', 'numerator_squared', 'denominator_squared', 'product', 'numerator_cubed'],
  ...['numerator_squared_denominator', 'numerator_denominator_squared', 'denominator_cubed'],
];

/**
 * Sums by the phase of a bandit in which a unit was drawn; all else has phase 0. Units of experiments whose weights change have a `place`, which grows in the order
 * of the commits (the ingester's lock is held until then), so that replicas can follow who is enrolled by reading on from where they were.
 */
export class BanditPhases1764000000009 implements MigrationInterface {
  readonly name = 'BanditPhases1764000000009';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE SEQUENCE experiment_unit_place');
    await queryRunner.query('ALTER TABLE experiment_unit ADD COLUMN phase integer NOT NULL DEFAULT 0, ADD COLUMN place bigint');
    await queryRunner.query('CREATE INDEX experiment_unit_followed ON experiment_unit (experiment, place) WHERE place IS NOT NULL');
    for (const { table, key } of tables) {
      await queryRunner.query(`ALTER TABLE ${table} ADD COLUMN phase integer NOT NULL DEFAULT 0`);
      await queryRunner.query(
        `ALTER TABLE ${table} DROP CONSTRAINT ${table}_pkey, ADD CONSTRAINT ${table}_pkey PRIMARY KEY (${key}, phase)`,
      );
    }
  }

  /** Phases of a bandit are added up. */
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { table, key } of tables) {
      const columns = table === 'variant_sums' ? ['units', ...sums] : counts;
      const totals = columns.map((column) => (sums.includes(column) ? `sum(${column})` : `sum(${column})::bigint`));
      await queryRunner.query(
        `CREATE TABLE later AS SELECT ${key}, ${totals.map((total, i) => `${total} AS ${columns[i]}`).join(', ')} FROM ${table} GROUP BY ${key}`,
      );
      await queryRunner.query(`TRUNCATE ${table}`);
      await queryRunner.query(
        `ALTER TABLE ${table} DROP CONSTRAINT ${table}_pkey, DROP COLUMN phase, ADD CONSTRAINT ${table}_pkey PRIMARY KEY (${key})`,
      );
      await queryRunner.query(`INSERT INTO ${table} (${key}, ${columns.join(', ')}) SELECT * FROM later`);
      await queryRunner.query('DROP TABLE later');
    }
    await queryRunner.query('DROP INDEX experiment_unit_followed');
    await queryRunner.query('ALTER TABLE experiment_unit DROP COLUMN phase, DROP COLUMN place');
    await queryRunner.query('DROP SEQUENCE experiment_unit_place');
  }
}
