import fc from 'fast-check';
import { priorities, RowQueue } from '../../../src/concurrency/row-queue';

interface Row {
  readonly id: number;
  readonly priority: (typeof priorities)[number];
  readonly sizeBytes: number;
  readonly queuedAtMs: number;
}

const row = (id: number, priority: Row['priority'], queuedAtMs = 0): Row => ({ id, priority, sizeBytes: 1, queuedAtMs });
const drain = (queue: RowQueue<Row>, nowMs = 0) => Array.from({ length: queue.length }, () => queue.take(nowMs)?.id);

describe('RowQueue', () => {
  it('gives each row once: by priority, then first come first served', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...priorities), { maxLength: 3000 }), (wanted) => {
        const queue = new RowQueue<Row>(1e9);
        wanted.forEach((priority, id) => {
          queue.push(row(id, priority));
        });
        const expected = priorities.flatMap((priority) => wanted.flatMap((one, id) => (one === priority ? [id] : [])));
        expect([queue.length, queue.bytes]).toEqual([wanted.length, wanted.length]);
        expect(drain(queue)).toEqual(expected);
        expect([queue.length, queue.bytes, queue.take(0)]).toEqual([0, 0, undefined]);
      }),
      { numRuns: 30 },
    );
  });

  it('lets nobody starve', () => {
    const queue = new RowQueue<Row>(100);
    queue.push(row(1, 'shadow', 0));
    queue.push(row(2, 'interactive', 50));
    queue.push(row(3, 'batch', 10));
    expect([queue.take(99)?.id, queue.take(110)?.id, queue.take(110)?.id]).toEqual([2, 1, 3]);
  });

  it('says how many go first', () => {
    const queue = new RowQueue<Row>(100);
    for (const [id, priority] of (['shadow', 'batch', 'batch', 'interactive'] as const).entries()) queue.push(row(id, priority));
    expect(priorities.map((priority) => queue.ahead(priority))).toEqual([1, 3, 4]);
  });

  it('takes rows out of the middle', () => {
    const queue = new RowQueue<Row>(100);
    for (let id = 0; id < 6; id++) queue.push(row(id, priorities[id % 3] as Row['priority']));
    queue.take(0);
    expect(queue.remove(({ id }) => id % 2 === 1).map(({ id }) => id)).toEqual([3, 1, 5]);
    expect([queue.length, queue.bytes]).toEqual([2, 2]);
    expect(drain(queue)).toEqual([4, 2]);
  });
});
