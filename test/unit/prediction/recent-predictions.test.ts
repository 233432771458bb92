import fc from 'fast-check';
import { RecentPredictions } from '../../../src/prediction/recent-predictions';

const store = { find: async () => null, list: async () => ({ items: [], hasNextPage: false }) };
const capacityBytes = 100_000;
/** What remembering takes beside the bytes of one. */
const entryBytes = 300;

const json = (id: number, bytes: number) => Buffer.from(JSON.stringify({ id: String(id), unitId: 'x'.repeat(bytes) }));

describe('RecentPredictions', () => {
  it('remembers the newest that fit into half of its room, and never holds more than the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40_000), { maxLength: 60 }), (sizes) => {
        const recent = new RecentPredictions(store, capacityBytes);
        const jsons = sizes.map((bytes, id) => json(id, bytes));
        for (const [id, one] of jsons.entries()) recent.add(String(id), one);
        let newerBytes = 0;
        let heldBytes = 0;
        for (const [id, one] of [...jsons.entries()].reverse()) {
          const event = recent.recent(String(id));
          newerBytes += entryBytes + one.length;
          if (newerBytes <= capacityBytes / 2) expect(event).toEqual(JSON.parse(one.toString()));
          if (event) heldBytes += entryBytes + one.length;
        }
        expect(heldBytes).toBeLessThanOrEqual(capacityBytes);
      }),
    );
  });

  it('remembers one that is larger than all its room until the next one comes', () => {
    const recent = new RecentPredictions(store, 1_000);
    recent.add('0', json(0, 2_000));
    expect(recent.recent('0')).not.toBeNull();
    recent.add('1', json(1, 10));
    recent.add('2', json(2, 300));
    expect([recent.recent('0'), recent.recent('2')]).toEqual([null, expect.objectContaining({ id: '2' })]);
  });
});
