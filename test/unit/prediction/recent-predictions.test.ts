import { RecentPredictions } from '../../../src/prediction/recent-predictions';

const store = { find: async () => null, list: async () => ({ items: [], hasNextPage: false }) };

/** What remembering takes beside the bytes stays below this. */
const json = (id: number, bytes: number) => Buffer.from(JSON.stringify({ id: String(id), unitId: 'x'.repeat(bytes) }));
const kept = (recent: RecentPredictions, count: number) => Array.from({ length: count }, (_, id) => recent.recent(String(id)) !== null);

describe('RecentPredictions', () => {
  it('forgets the oldest first', () => {
    const recent = new RecentPredictions(store, 35_000);
    for (let id = 0; id < 5; id++) recent.add(String(id), json(id, 10_000));
    expect(kept(recent, 5)).toEqual([false, false, true, true, true]);
    expect(recent.recent('4')).toEqual(JSON.parse(json(4, 10_000).toString()));
  });

  it('counts the bytes: a large one takes the place of many', () => {
    const recent = new RecentPredictions(store, 35_000);
    for (let id = 0; id < 30; id++) recent.add(String(id), json(id, 100));
    expect(kept(recent, 30)).toEqual(Array(30).fill(true));
    recent.add('30', json(30, 34_000));
    expect(kept(recent, 31).filter(Boolean).length).toBeLessThan(5);
    expect(recent.recent('30')).not.toBeNull();
  });

  it('counts one that comes again once', () => {
    const recent = new RecentPredictions(store, 35_000);
    for (let i = 0; i < 5; i++) recent.add('0', json(0, 10_000));
    for (let id = 1; id < 3; id++) recent.add(String(id), json(id, 10_000));
    expect(kept(recent, 3)).toEqual([true, true, true]);
  });

  it('keeps nothing that alone takes more than all may', () => {
    const recent = new RecentPredictions(store, 1_000);
    recent.add('0', json(0, 2_000));
    expect(kept(recent, 1)).toEqual([false]);
  });
});
