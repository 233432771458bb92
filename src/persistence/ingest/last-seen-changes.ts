import type { QueryRunner } from 'typeorm';
import { asRecordset } from '../query-rows';

type Kind = 'exposure' | 'label' | 'outcome';
/** In milliseconds since 1970; null: none in this batch. */
type Times = Record<Kind, number | null>;

/** When the newest prediction, label and outcome of each experiment in a batch came: one row an experiment, whatever the batch. */
export class LastSeenChanges {
  readonly #runner: QueryRunner;
  readonly #byExperiment = new Map<string, Times>();

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  add(experiment: string, kind: Kind, atMs: number): void {
    let times = this.#byExperiment.get(experiment);
    if (!times) {
      times = { exposure: null, label: null, outcome: null };
      this.#byExperiment.set(experiment, times);
    }
    times[kind] = Math.max(times[kind] ?? atMs, atMs);
  }

  async write(): Promise<void> {
    if (this.#byExperiment.size === 0) return;
    const moment = (atMs: number | null) => (atMs === null ? null : new Date(atMs));
    const rows = [...this.#byExperiment].map(([experiment, { exposure, label, outcome }]) => ({
      experiment,
      exposure: moment(exposure),
      label: moment(label),
      outcome: moment(outcome),
    }));
    // greatest() ignores nulls.
    await this.#runner.query(
      `INSERT INTO experiment_health AS health (experiment, multiple_exposures, unmatched, last_exposure_at, last_label_at, last_outcome_at)
       SELECT experiment, 0, 0, exposure, label, outcome
         FROM jsonb_to_recordset($1::jsonb) AS row(experiment text, exposure timestamptz, label timestamptz, outcome timestamptz) ORDER BY 1
       ON CONFLICT (experiment) DO UPDATE SET last_exposure_at = greatest(health.last_exposure_at, excluded.last_exposure_at),
          last_label_at = greatest(health.last_label_at, excluded.last_label_at),
          last_outcome_at = greatest(health.last_outcome_at, excluded.last_outcome_at)`,
      [asRecordset(rows)],
    );
  }
}
