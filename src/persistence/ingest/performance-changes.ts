import type { QueryRunner } from 'typeorm';
import type { PredictionEvent } from '../../events/event';
import { asRecordset } from '../query-rows';

const hourMs = 3_600_000;

interface Labelled {
  readonly correct: boolean | null;
  readonly truthClass: number | null;
}

/** What a batch does to the hourly performance of versions; an hour is that of the prediction, whenever its label came. */
export class PerformanceChanges {
  readonly #runner: QueryRunner;
  readonly #hours: object[] = [];
  readonly #cells: object[] = [];

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  addPredictions(events: readonly PredictionEvent[]): void {
    for (const { model, version, occurredAtMs, outcome } of events) {
      if (outcome.status === 'failed') continue;
      const confidence = outcome.answer.kind === 'classification' ? outcome.answer.confidence : 0;
      this.#hours.push({ model, version, hour: hourOf(occurredAtMs), predictions: 1, confidence, labelled: 0, correct: 0 });
    }
  }

  /** `before`: the label that `after` replaces. */
  addLabel(
    prediction: { readonly model: string; readonly version: string; readonly occurredAtMs: number; readonly predicted: number },
    before: Labelled | null,
    after: Labelled,
  ): void {
    const { model, version, occurredAtMs, predicted } = prediction;
    const key = { model, version, hour: hourOf(occurredAtMs) };
    const labelled = Number(after.correct !== null) - Number(before !== null && before.correct !== null);
    const correct = Number(after.correct === true) - Number(before?.correct === true);
    this.#hours.push({ ...key, predictions: 0, confidence: 0, labelled, correct });
    if (before && before.truthClass !== null) this.#cells.push({ ...key, truth: before.truthClass, predicted, count: -1 });
    if (after.truthClass !== null) this.#cells.push({ ...key, truth: after.truthClass, predicted, count: 1 });
  }

  async write(): Promise<void> {
    if (this.#hours.length > 0) {
      await this.#runner.query(
        `INSERT INTO performance_bucket AS bucket (model, version, hour, predictions, confidence_sum, labelled, correct)
         SELECT model, version, hour, sum(predictions), sum(confidence), sum(labelled), sum(correct)
           FROM jsonb_to_recordset($1::jsonb) AS row(model text, version text, hour timestamptz, predictions bigint, confidence double precision, labelled bigint, correct bigint)
          GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
         ON CONFLICT (model, version, hour) DO UPDATE SET predictions = bucket.predictions + excluded.predictions,
            confidence_sum = bucket.confidence_sum + excluded.confidence_sum, labelled = bucket.labelled + excluded.labelled, correct = bucket.correct + excluded.correct`,
        [asRecordset(this.#hours)],
      );
    }
    if (this.#cells.length === 0) return;
    await this.#runner.query(
      `INSERT INTO confusion_bucket AS bucket (model, version, hour, truth, predicted, count)
       SELECT model, version, hour, truth, predicted, sum(count)
         FROM jsonb_to_recordset($1::jsonb) AS row(model text, version text, hour timestamptz, truth integer, predicted integer, count bigint)
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
       ON CONFLICT (model, version, hour, truth, predicted) DO UPDATE SET count = bucket.count + excluded.count`,
      [asRecordset(this.#cells)],
    );
  }
}

function hourOf(timeMs: number): Date {
  return new Date(Math.floor(timeMs / hourMs) * hourMs);
}
