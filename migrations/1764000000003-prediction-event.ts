import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A prediction is kept as the JSON that it was journaled as: taking thirty numbers apart for `jsonb` cost the database more than all
 * else it did for a prediction, and nobody searched in them. What is searched has its column.
 */
export class PredictionEvent1764000000003 implements MigrationInterface {
  readonly name = 'PredictionEvent1764000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE prediction ADD COLUMN event json');
    // What is too long for a row is mostly digits of probabilities: compressing a thousand of them took four times as long as storing them.
    await queryRunner.query('ALTER TABLE prediction ALTER COLUMN event SET STORAGE EXTERNAL');
    await queryRunner.query(
      `UPDATE prediction SET event = json_build_object(
         'type', 'prediction', 'id', id, 'occurredAtMs', floor(extract(epoch FROM occurred_at) * 1000)::bigint, 'model', model, 'unitId', unit_id,
         'attributes', attributes, 'assignments', assignments, 'version', version,
         'outcome', CASE WHEN answer IS NULL
           THEN json_build_object('status', 'failed', 'code', failure_code, 'message', coalesce(failure_message, ''))
           ELSE json_build_object('status', 'succeeded', 'answer', answer) END,
         'inputFeatures', input_features, 'timing', timing)`,
    );
    await queryRunner.query(
      `ALTER TABLE prediction ALTER COLUMN event SET NOT NULL, DROP CONSTRAINT prediction_answer_or_failure, DROP COLUMN attributes, DROP COLUMN answer,
         DROP COLUMN failure_code, DROP COLUMN failure_message, DROP COLUMN input_features, DROP COLUMN timing`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE prediction ADD COLUMN attributes jsonb, ADD COLUMN answer jsonb, ADD COLUMN failure_code text, ADD COLUMN failure_message text,
         ADD COLUMN input_features jsonb, ADD COLUMN timing jsonb`,
    );
    await queryRunner.query(
      `UPDATE prediction SET attributes = nullif(event::jsonb->'attributes', 'null'), answer = event::jsonb->'outcome'->'answer',
         failure_code = event->'outcome'->>'code', failure_message = event->'outcome'->>'message',
         input_features = event::jsonb->'inputFeatures', timing = event::jsonb->'timing'`,
    );
    await queryRunner.query(
      `ALTER TABLE prediction ALTER COLUMN input_features SET NOT NULL, ALTER COLUMN timing SET NOT NULL, DROP COLUMN event,
         ADD CONSTRAINT prediction_answer_or_failure CHECK ((answer IS NULL) <> (failure_code IS NULL))`,
    );
  }
}
