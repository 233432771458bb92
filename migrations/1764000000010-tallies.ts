import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Amounts by cell, packed: histograms of quantile metrics, and what labels say of classifiers. Labels that were folded before are in none. */
export class Tallies1764000000010 implements MigrationInterface {
  readonly name = 'Tallies1764000000010';

  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      'ALTER TABLE metric ADD COLUMN quantile double precision',
      // Which class the label's prediction is scored against in the sums, so that exactly that is taken out when another label comes.
      'ALTER TABLE prediction_label ADD COLUMN scored_class integer',
      `CREATE TABLE variant_tally (
        experiment text NOT NULL,
        segment text NOT NULL,
        variant text NOT NULL,
        tally text NOT NULL,
        period_end timestamptz NOT NULL,
        cells integer[] NOT NULL,
        amounts double precision[] NOT NULL,
        CONSTRAINT variant_tally_pkey PRIMARY KEY (experiment, segment, variant, tally, period_end)
      ) WITH (fillfactor = 50)`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE variant_tally');
    await queryRunner.query('ALTER TABLE prediction_label DROP COLUMN scored_class');
    await queryRunner.query('ALTER TABLE metric DROP COLUMN quantile');
  }
}
