import type { DriftReference, DriftStore, FeatureBucket, PastAnswer, PerformanceBucket } from './drift-store';
import { minWindowRows, newestWindow, rowsSince, sumOf, wantedWindowRows, windowDays } from './drift-window';
import { labelledWindow } from './performance-drift';
import { predictionFeature } from './reference-profile';

/** What a report is made of. Lists are newest first. */
export interface DriftEvidence {
  readonly reference: DriftReference | null;
  readonly buckets: readonly FeatureBucket[];
  readonly performance: readonly PerformanceBucket[];
  /** Past answers, only when the reference does not know the predictions. */
  readonly predictions: readonly PastAnswer[];
  /** Predictions and labels met by this reader so far: what has grown since the last read is new. */
  readonly rowsSeen: number;
  readonly labelsSeen: number;
}

interface Bookmark {
  readonly referenceId: string | null;
  readonly windowStartedAt: Date | null;
  readonly rowsInWindow: number;
  readonly labelledStartedAt: Date | null;
  readonly labelsInWindow: number;
  readonly predictionsInHours: number;
  readonly rowsSeen: number;
  readonly labelsSeen: number;
  readonly predictions: readonly PastAnswer[];
}

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
/** How far to read until there are rows enough; a busy version never goes beyond the first step. */
const stepsMs = [5 * minuteMs, 30 * minuteMs, 180 * minuteMs, 1080 * minuteMs, windowDays * dayMs];
/** A window of 7 days, and the 7 days before it that accuracy is compared with. */
const performanceDays = 2 * windowDays;
const historyRows = 1_000;

/**
 * Reads the least that a report needs. A window only ever moves forward, so once it is known where the last one began, reading starts there:
 * a look at a version costs a few rows, whatever its traffic was.
 */
export class DriftEvidenceReader {
  readonly #store: DriftStore;
  readonly #bookmarks = new Map<string, Bookmark>();

  constructor(store: DriftStore) {
    this.#store = store;
  }

  async read(model: string, version: string, now: Date): Promise<DriftEvidence> {
    const key = JSON.stringify([model, version]);
    const reference = await this.#store.reference(model, version);
    const old = this.#bookmarks.get(key) ?? null;
    const mark = old && old.referenceId === (reference?.id ?? null) ? old : null;
    const buckets = reference ? await this.#buckets(reference.id, mark?.windowStartedAt ?? null, now) : [];
    const performance = await this.#performance(model, version, reference, mark?.labelledStartedAt ?? null, now);
    const hours = performance.filter(({ startedAt }) => startedAt >= (mark?.labelledStartedAt ?? new Date(0)));
    const labels = sumOf(hours.map((hour) => hour.labelled)) - (mark?.labelsInWindow ?? 0);
    const predicted = sumOf(hours.map((hour) => hour.predictions)) - (mark?.predictionsInHours ?? 0);
    const binned = rowsSince(buckets, mark?.windowStartedAt ?? new Date(0)) - (mark?.rowsInWindow ?? 0);
    const newRows = Math.max(0, reference ? binned : predicted);
    const isKnown = reference?.profile.features.some((feature) => feature.name === predictionFeature) ?? false;
    const predictions = isKnown ? [] : newRows === 0 && mark ? mark.predictions : await this.#predictions(model, version, now);
    const seen = { rowsSeen: (old?.rowsSeen ?? 0) + newRows, labelsSeen: (old?.labelsSeen ?? 0) + Math.max(0, labels) };
    this.#bookmarks.set(key, { referenceId: reference?.id ?? null, predictions, ...seen, ...bookmark(buckets, performance) });
    return { reference, buckets, performance, predictions, ...seen };
  }

  async #buckets(referenceId: string, lastStart: Date | null, now: Date): Promise<readonly FeatureBucket[]> {
    const oldest = now.getTime() - windowDays * dayMs;
    const sinces = lastStart ? [Math.max(oldest, lastStart.getTime()), oldest] : stepsMs.map((stepMs) => now.getTime() - stepMs);
    let buckets: readonly FeatureBucket[] = [];
    for (const since of sinces) {
      buckets = await this.#store.buckets(referenceId, new Date(since));
      if (newestWindow(buckets, wantedWindowRows).rows >= wantedWindowRows) break;
    }
    return buckets;
  }

  async #performance(model: string, version: string, reference: DriftReference | null, lastStart: Date | null, now: Date) {
    const oldest = now.getTime() - performanceDays * dayMs;
    const isWindowEnough = reference !== null && reference.profile.accuracy !== null && lastStart !== null;
    const since = isWindowEnough ? Math.max(oldest, lastStart.getTime()) : oldest;
    return this.#store.performance(model, version, new Date(since));
  }

  #predictions(model: string, version: string, now: Date): Promise<readonly PastAnswer[]> {
    return this.#store.recentAnswers(model, version, wantedWindowRows + historyRows, new Date(now.getTime() - windowDays * dayMs));
  }
}

function bookmark(buckets: readonly FeatureBucket[], performance: readonly PerformanceBucket[]) {
  const window = newestWindow(buckets, wantedWindowRows);
  const hours = labelledWindow(performance, minWindowRows);
  return {
    windowStartedAt: window.startedAt,
    rowsInWindow: window.rows,
    labelledStartedAt: hours[hours.length - 1]?.startedAt ?? null,
    labelsInWindow: sumOf(hours.map((hour) => hour.labelled)),
    predictionsInHours: sumOf(hours.map((hour) => hour.predictions)),
  };
}
