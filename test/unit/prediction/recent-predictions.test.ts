import type { JsonObject, PredictionEvent } from '../../../src/events/event';
import { RecentPredictions } from '../../../src/prediction/recent-predictions';

const store = { find: async () => null, list: async () => ({ items: [], hasNextPage: false }) };

function event(id: number, features: number, attributes: JsonObject | null = null): PredictionEvent {
  const inputFeatures = Object.fromEntries(Array.from({ length: features }, (_, i) => [`f${i}`, i]));
  return {
    type: 'prediction',
    id: String(id),
    occurredAtMs: 0,
    model: 'm',
    version: '1',
    unitId: null,
    attributes,
    assignments: [],
    outcome: { status: 'failed', code: 'OVERLOADED', message: '' },
    inputFeatures,
    timing: { queueMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: 0, batchSize: 1 },
  };
}

const kept = (recent: RecentPredictions, count: number) => Array.from({ length: count }, (_, id) => recent.recent(String(id)) !== null);

describe('RecentPredictions', () => {
  it('forgets the oldest first', () => {
    const recent = new RecentPredictions(store, 3);
    for (let id = 0; id < 5; id++) recent.add(event(id, 3));
    expect(kept(recent, 5)).toEqual([false, false, true, true, true]);
  });

  it('counts what a prediction holds: a wide one, or one with long attributes, takes the place of many', () => {
    const recent = new RecentPredictions(store, 100);
    for (let id = 0; id < 5; id++) recent.add(event(id, 64 * 40));
    expect(kept(recent, 5)).toEqual([false, false, false, true, true]);
    recent.add(event(5, 1, { essay: 'x'.repeat(16_000) }));
    expect(kept(recent, 6)).toEqual([false, false, false, false, true, true]);
  });

  it('counts one that comes again once', () => {
    const recent = new RecentPredictions(store, 3);
    for (let i = 0; i < 5; i++) recent.add(event(0, 3));
    for (let id = 1; id < 3; id++) recent.add(event(id, 3));
    expect(kept(recent, 3)).toEqual([true, true, true]);
  });
});
