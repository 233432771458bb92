import type { DriftAlert } from '../../../src/drift/drift-alert';
import { DriftMonitor } from '../../../src/drift/drift-monitor';
import type { DriftReference, ReferenceRow } from '../../../src/drift/drift-store';
import type { ReferenceProfile } from '../../../src/drift/reference-profile';
import { createEventId } from '../../../src/events/event-id';
import { FakeDriftStore } from '../../fakes/fake-drift-store';
import { FakeLogger } from '../../fakes/fake-logger';
import { aProfile, countsOf, rowsOf, seededRandom, type Traffic } from './simulated-traffic';

export const steady: Traffic = { features: 3 };
export const shifted: Traffic = { features: 3, distort: (value) => value + 2 };
export const profile: ReferenceProfile = aProfile(900, seededRandom(1), steady);
const minuteMs = 60_000;

/** A monitor over a fake store, with traffic and a clock in the test's hand. */
export class DriftHouse {
  readonly store: FakeDriftStore;
  readonly logger = new FakeLogger();
  readonly monitor: DriftMonitor;
  readonly random = seededRandom(2);
  nowMs = Date.UTC(2026, 2, 10, 12);
  #ids = 0;

  /** Two houses over one store are two replicas. */
  constructor(store = new FakeDriftStore()) {
    this.store = store;
    this.monitor = new DriftMonitor({
      store,
      versions: () => [{ model: 'digits', version: '1' }],
      createId: () => createEventId(this.nowMs, new Uint8Array(10).fill(++this.#ids)),
      now: () => new Date(this.nowMs),
      logger: this.logger,
    });
  }

  async withReference(own: ReferenceProfile = profile): Promise<this> {
    await this.monitor.ensureReference('digits', '1', own);
    return this;
  }

  /** The clock moves on by so many minutes and rows come in. */
  send(count: number, traffic: Traffic = steady, afterMinutes = 1): readonly ReferenceRow[] {
    this.nowMs += afterMinutes * minuteMs;
    const rows = rowsOf(count, this.random, traffic);
    const startedAt = new Date(Math.floor(this.nowMs / minuteMs) * minuteMs);
    const reference = this.reference();
    const buckets = this.store.bucketsOf.get(reference?.id ?? '') ?? [];
    for (const feature of reference?.profile.features ?? [])
      buckets.push({ feature: feature.name, startedAt, counts: countsOf(feature, rows) });
    this.store.bucketsOf.set(reference?.id ?? '', buckets);
    this.store.rowsOf.set('1', [...rows].reverse().concat(this.store.rowsOf.get('1') ?? []));
    return rows;
  }

  /** Labelled predictions of the present hour. */
  label(labelled: number, correct: number): void {
    const startedAt = new Date(Math.floor(this.nowMs / 3_600_000) * 3_600_000);
    const hours = this.store.performanceOf.get('1') ?? [];
    hours.push({ startedAt, predictions: labelled, labelled, correct, confidenceSum: labelled, confusion: [] });
    this.store.performanceOf.set('1', hours);
  }

  async look(count: number, traffic: Traffic = steady): Promise<void> {
    this.send(count, traffic);
    await this.monitor.checkAll();
  }

  reference(): DriftReference | undefined {
    return [...this.store.references].sort((a, b) => b.capturedAt.getTime() - a.capturedAt.getTime())[0];
  }

  alerts(): readonly DriftAlert[] {
    return [...this.store.alerts.values()];
  }

  /** The one alert about f0. */
  alert(): DriftAlert | undefined {
    return this.alerts().find((alert) => alert.feature === 'f0' && alert.state !== 'RESOLVED');
  }
}
