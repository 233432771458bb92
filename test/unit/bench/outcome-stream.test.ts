import fc from 'fast-check';
import { OutcomeStream, outcomesPerUnit, type StreamOptions } from '../../../bench/results/outcome-stream';
import type { OutcomeEvent, PredictionEvent } from '../../../src/events/event';

const options: StreamOptions = { seed: 7, outcomes: 2500, startedAtMs: 1_764_000_000_000, spanMs: 86_400_000 };
const stream = new OutcomeStream(options);
const all = stream.from(0, stream.length);
const exposures = all.filter((event): event is PredictionEvent => event.type === 'prediction');
const outcomes = all.filter((event): event is OutcomeEvent => event.type === 'outcome');

describe('the stream of generated outcomes', () => {
  it('has the events that were asked for, each with an id of its own', () => {
    expect([all.length, outcomes.length, exposures.length]).toEqual([stream.length, 2500, 2500 / outcomesPerUnit]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(stream.length);
  });

  it('is the same from any place on, whatever was read before', () => {
    fc.assert(
      fc.property(fc.nat(stream.length), fc.integer({ min: 1, max: 3000 }), (place, count) => {
        expect(stream.from(place, count)).toEqual(all.slice(place, place + count));
        expect(new OutcomeStream(options).from(place, count)).toEqual(all.slice(place, place + count));
      }),
      { numRuns: 40 },
    );
  });

  it('is another one with another seed', () => {
    expect(new OutcomeStream({ ...options, seed: 8 }).from(0, 50)).not.toEqual(all.slice(0, 50));
  });

  it('exposes a unit before its outcomes come, and some of them happened earlier all the same', () => {
    const exposedAtMs = new Map<string | null, number>();
    let early = 0;
    for (const event of all) {
      if (event.type === 'prediction') exposedAtMs.set(event.unitId, event.occurredAtMs);
      if (event.type !== 'outcome') continue;
      const fromMs = exposedAtMs.get(event.unitId);
      expect(fromMs).toBeDefined();
      early += Number(event.occurredAtMs < (fromMs as number));
    }
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(outcomes.length / 10);
  });
});
