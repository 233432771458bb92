import type { QueryRunner } from 'typeorm';
import type { PredictionEvent } from '../../events/event';
import { asRecordset } from '../query-rows';

const hourMs = 3_600_000;

interface Hour {
  readonly model: string;
  readonly version: string;
  readonly hour: Date;
  predictions: number;
  confidence: number;
  labelled: number;
  correct: number;
}

interface Labelled {
  readonly correct: boolean | null;
  readonly truthClass: number | null;
}

/** What a batch does to the hourly performance of versions; an hour is that of the prediction, whenever its label came. */
export class PerformanceChanges {
  readonly #runner: QueryRunner;
  readonly #hours = new Map<string, Hour>();
  readonly #cells: object[] = [];

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  addPredictions(events: readonly PredictionEvent[]): void {
    for (const { model, version, occurredAtMs, outcome } of events) {
      if (outcome.status === 'failed') continue;
      const hour = this.#hourOf(model, version, occurredAtMs);
      hour.predictions++;
      if (outcome.answer.kind === 'classification') hour.confidence += outcome.answer.confidence;
    }
  }

  /** `before`: the label that `after` replaces. */
  addLabel(
    prediction: { readonly model: string; readonly version: string; readonly occurredAtMs: number; readonly predicted: number },
    before: Labelled | null,
    after: Labelled,
  ): void {
    const { model, version, occurredAtMs, predicted } = prediction;
    const hour = this.#hourOf(model, version, occurredAtMs);
    hour.labelled += Number(after.correct !== null) - Number(before !== null && before.correct !== null);
    hour.correct += Number(after.correct === true) - Number(before?.correct === true);
    const key = { model, version, hour: hour.hour };
    if (before && before.truthClass !== null) this.#cells.push({ ...key, truth: before.truthClass, predicted, count: -1 });
    if (after.truthClass !== null) this.#cells.push({ ...key, truth: after.truthClass, predicted, count: 1 });
  }

  async write(): Promise<void> {
    if (this.#hours.size > 0) {
      await this.#runner.query(
        `INSERT INTO performance_bucket AS bucket (model, version, hour, predictions, confidence_sum, labelled, correct)
         SELECT model, version, hour, predictions, confidence, labelled, correct
           FROM jsonb_to_recordset($1::jsonb) AS row(model text, version text, hour timestamptz, predictions bigint, confidence double precision, labelled bigint, correct bigint)
          ORDER BY 1, 2, 3
         ON CONFLICT (model, version, hour) DO UPDATE SET predictions = bucket.predictions + excluded.predictions,
            confidence_sum = bucket.confidence_sum + excluded.confidence_sum, labelled = bucket.labelled + excluded.labelled, correct = bucket.correct + excluded.correct`,
        [asRecordset([...this.#hours.values()])],
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

  #hourOf(model: string, version: string, timeMs: number): Hour {
    const startMs = Math.floor(timeMs / hourMs) * hourMs;
    const key = JSON.stringify([model, version, startMs]);
    const known = this.#hours.get(key);
    if (known) return known;
    const hour = { model, version, hour: new Date(startMs), predictions: 0, confidence: 0, labelled: 0, correct: 0 };
    this.#hours.set(key, hour);
    return hour;
  }
}
