import type { Event, OutcomeEvent, PredictionEvent } from '../../src/events/event';
import { createEventId } from '../../src/events/event-id';
import type { Metric } from '../../src/experiments/metric';
import { Draws } from '../error-rates/draws';

export const outcomesPerUnit = 10;
export const experimentKey = 'outcomes';
export const segmentAttribute = 'country';

const ofUsers = {
  description: '',
  direction: 'higher',
  conversionWindowMs: null,
  maturityMs: 0,
  isBuiltIn: false,
  quantile: null,
} as const;

/** About one unit in ten has more than the cap. */
export const revenue: Metric = Object.freeze({ key: 'revenue', name: 'Revenue', kind: 'mean', cap: 150, ...ofUsers });
export const pageTime: Metric = Object.freeze({ key: 'page_time', name: 'Time a page', kind: 'ratio', cap: null, ...ofUsers });

export interface StreamOptions {
  readonly seed: number;
  readonly outcomes: number;
  readonly startedAtMs: number;
  /** From the exposure of the first unit to that of the last. */
  readonly spanMs: number;
}

/** Units whose events come together, the exposures first. */
const chapterUnits = 100;
const hourMs = 3_600_000;
/** Of a unit's outcomes: they count for nothing. */
const beforeExposureShare = 0.05;
/** Of all outcomes: they are of a unit of any earlier chapter, whose rows the database has to look for. */
const lateShare = 0.1;
const countries = ['DE', 'AT', 'CH', 'FR', 'IT', 'PL'];
/** What the random numbers are for. */
const [aboutUnit, aboutOutcomes] = [1, 2];

/**
 * The events of one experiment, the same ones for the same options, from any place on: one prediction a unit and ten outcomes a unit on average. Units
 * are exposed evenly over the span, so that there are as many periods whatever the number of units.
 */
export class OutcomeStream {
  /** Events. */
  readonly length: number;
  readonly #options: StreamOptions;
  readonly #units: number;
  /** The chapter made last: a read seldom ends where one ends. */
  #last: { readonly chapter: number; readonly events: readonly Event[] } = { chapter: -1, events: [] };

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#units = options.outcomes / outcomesPerUnit;
    this.length = this.#units + options.outcomes;
  }

  /** Up to `count` events from the one with this number on. */
  from(place: number, count: number): readonly Event[] {
    const chapterLength = chapterUnits * (1 + outcomesPerUnit);
    const events: Event[] = [];
    for (let at = place; events.length < count && at < this.length; ) {
      const chapter = Math.floor(at / chapterLength);
      if (this.#last.chapter !== chapter) this.#last = { chapter, events: this.#chapter(chapter) };
      const start = at - chapter * chapterLength;
      const rest = this.#last.events.slice(start, start + count - events.length);
      events.push(...rest);
      at += rest.length;
    }
    return events;
  }

  #chapter(chapter: number): readonly Event[] {
    const first = chapter * chapterUnits;
    const units = Math.min(chapterUnits, this.#units - first);
    const draws = new Draws(this.#options.seed, aboutOutcomes, chapter);
    const exposures = Array.from({ length: units }, (_, index) => this.#exposure(first + index));
    const outcomes = Array.from({ length: units * outcomesPerUnit }, (_, index) => {
      const isLate = first > 0 && draws.chance(lateShare);
      const unit = Math.floor(draws.uniform() * (isLate ? first : units)) + (isLate ? 0 : first);
      return this.#outcome(unit, first * outcomesPerUnit + index, draws);
    });
    return [...exposures, ...outcomes];
  }

  #exposedAtMs(unit: number): number {
    return this.#options.startedAtMs + Math.floor((this.#options.spanMs * unit) / this.#units);
  }

  #exposure(unit: number): PredictionEvent {
    const draws = new Draws(this.#options.seed, aboutUnit, unit);
    const occurredAtMs = this.#exposedAtMs(unit);
    const variant = draws.chance(0.5) ? 'control' : 'treatment';
    const confidence = 0.5 + draws.uniform() / 2;
    return {
      type: 'prediction',
      id: idOf(aboutUnit, unit, occurredAtMs),
      occurredAtMs,
      model: 'breast-cancer',
      version: variant === 'control' ? '1' : '2',
      unitId: `unit-${unit}`,
      attributes: { [segmentAttribute]: countries[Math.floor(draws.uniform() * countries.length)] as string },
      assignments: [{ experiment: experimentKey, variant, propensity: 0.5 }],
      outcome: {
        status: 'succeeded',
        answer: { kind: 'classification', classIndex: 1, label: 'benign', confidence, probabilities: [1 - confidence, confidence] },
      },
      inputFeatures: {},
      timing: { queueMs: 0.1, preprocessMs: 0, inferenceMs: 0.3, totalMs: 0.5, batchSize: 1 },
    };
  }

  #outcome(unit: number, number: number, draws: Draws): OutcomeEvent {
    const isBefore = draws.chance(beforeExposureShare);
    const delayMs = Math.floor((isBefore ? -1 : 3) * hourMs * draws.uniform()) - Number(isBefore);
    const occurredAtMs = this.#exposedAtMs(unit) + delayMs;
    const isRevenue = draws.chance(0.5);
    // Cents, so that sums in binary are never exact.
    const value = Math.round(1000 * Math.exp(0.9 * draws.normal())) / 100;
    return {
      type: 'outcome',
      id: idOf(aboutOutcomes, number, occurredAtMs),
      metric: isRevenue ? revenue.key : pageTime.key,
      unitId: `unit-${unit}`,
      predictionId: null,
      value,
      denominator: isRevenue ? null : 1 + Math.floor(3 * draws.uniform()),
      occurredAtMs,
      receivedAtMs: occurredAtMs,
    };
  }
}

/** Ids by kind and number. */
function idOf(kind: number, number: number, timeMs: number): string {
  const bytes = Buffer.alloc(10);
  bytes[1] = kind;
  bytes.writeUInt32BE(number, 6);
  return createEventId(timeMs, bytes);
}
