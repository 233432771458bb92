import fc from 'fast-check';
import { decodeCursor, encodeCursor, toConnection, toPageSize } from '../../../src/graphql/connection';
import { pageOfExperiments } from '../../../src/graphql/experiments/experiment-page';
import { anExperiment } from '../../fakes/fake-services';

describe('a cursor', () => {
  it('comes back as the position it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (position) =>
        expect(decodeCursor('list', encodeCursor('list', position))).toBe(position),
      ),
    );
  });

  it.each(['', '!', 'bm9wZQ', `${encodeCursor('list', 'a')}=`, encodeCursor('other', 'a')])(
    'is refused when it is malformed: "%s"',
    (cursor) => {
      expect(() => decodeCursor('list', cursor)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    },
  );
});

describe('a page', () => {
  it.each([0, -1, 101])('cannot have %d items', (first) => {
    expect(() => toPageSize(first)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it('says where it stands', () => {
    const page = { list: 'list', items: ['a', 'b'], hasNextPage: true, after: 'z', positionOf: (item: string) => item };
    expect(toConnection(page).pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: true,
      startCursor: encodeCursor('list', 'a'),
      endCursor: encodeCursor('list', 'b'),
    });
  });

  it('of nothing has no cursors', () => {
    const page = { list: 'list', items: [], hasNextPage: false, after: null, positionOf: (item: string) => item };
    expect(toConnection(page).pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null });
  });
});

describe('pages of experiments', () => {
  const arbitraryTimes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 });

  it('together are all experiments, newest first, each once', () => {
    fc.assert(
      fc.property(arbitraryTimes, fc.integer({ min: 1, max: 7 }), (times, first) => {
        const all = times.map((time, index) => anExperiment({ key: `e${index}`, createdAt: new Date(time) }));
        const seen: string[] = [];
        let after: string | null = null;
        for (;;) {
          const page = pageOfExperiments(all, first, after);
          seen.push(...page.items.map((one) => one.key));
          const last = page.items.at(-1);
          if (!page.hasNextPage || !last) break;
          after = page.positionOf(last);
        }
        expect([...seen].sort()).toEqual(all.map((one) => one.key).sort());
        const timesSeen = seen.map((key) => times[Number(key.slice(1))]);
        expect(timesSeen).toEqual([...timesSeen].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });

  it('go on at the right place when the experiment of the cursor has left the list', () => {
    const [a, b, c] = [3, 2, 1].map((time) => anExperiment({ key: `e${time}`, createdAt: new Date(time) }));
    if (!a || !b || !c) throw new Error('three experiments');
    const { positionOf } = pageOfExperiments([a, b, c], 2, null);
    expect(pageOfExperiments([a, c], 2, positionOf(b)).items).toEqual([c]);
  });

  it('refuse a position that is none', () => {
    expect(() => pageOfExperiments([], 1, 'yesterday')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
