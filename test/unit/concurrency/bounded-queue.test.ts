import fc from 'fast-check';
import { BoundedQueue } from '../../../src/concurrency/bounded-queue';
import { LatestValue } from '../../../src/concurrency/latest-value';

describe('BoundedQueue', () => {
  it('drops the oldest beyond its capacity and counts what it dropped', async () => {
    const queue = new BoundedQueue<number>(2);
    for (const item of [1, 2, 3, 4]) queue.push(item);
    expect(queue.dropped).toBe(2);
    expect([(await queue.next()).value, (await queue.next()).value]).toEqual([3, 4]);
  });

  it('settles a read that waits when the reader leaves', async () => {
    let closed = 0;
    const queue = new BoundedQueue<number>(2, () => closed++);
    const waiting = queue.next();
    await queue.return();
    expect(await waiting).toEqual({ value: undefined, done: true });
    queue.push(1);
    expect(await queue.next()).toEqual({ value: undefined, done: true });
    expect(closed).toBe(1);
  });

  it('gives what waits before it ends', async () => {
    const queue = new BoundedQueue<number>(5);
    queue.push(1);
    queue.close();
    const read: number[] = [];
    for await (const item of queue) read.push(item);
    expect(read).toEqual([1]);
  });

  it('never holds more than its capacity, keeps the order, and accounts for every item', async () => {
    const steps = fc.array(fc.oneof({ arbitrary: fc.constant('push' as const), weight: 3 }, fc.constant('read' as const)), {
      maxLength: 80,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (actions, capacity) => {
        const queue = new BoundedQueue<number>(capacity);
        const reads: Promise<IteratorResult<number>>[] = [];
        let pushed = 0;
        for (const action of actions) {
          if (action === 'push') queue.push(pushed++);
          else reads.push(queue.next());
        }
        queue.close();
        const seen = (await Promise.all(reads)).flatMap((read) => (read.done ? [] : [read.value]));
        const rest: number[] = [];
        for await (const item of queue) rest.push(item);
        const all = [...seen, ...rest];
        expect(rest.length).toBeLessThanOrEqual(capacity);
        expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
        expect(all.length + queue.dropped).toBe(pushed);
      }),
    );
  });

  it('refuses a capacity that holds nothing', () => {
    expect(() => new BoundedQueue(0)).toThrow(RangeError);
  });
});

describe('LatestValue', () => {
  it('gives a new watcher the present value, and a slow one only the newest', async () => {
    const latest = new LatestValue<number>();
    latest.set(1);
    const watcher = latest.watch();
    expect((await watcher.next()).value).toBe(1);
    for (const value of [2, 3, 4]) latest.set(value);
    expect((await watcher.next()).value).toBe(4);
  });

  it('ends all watchers, also those that wait', async () => {
    const latest = new LatestValue<number>();
    const waiting = [latest.watch(), latest.watch()].map((watcher) => watcher.next());
    latest.close();
    expect(await Promise.all(waiting)).toEqual([
      { value: undefined, done: true },
      { value: undefined, done: true },
    ]);
    expect(latest.watcherCount).toBe(0);
  });

  it('forgets a watcher that left', async () => {
    const latest = new LatestValue<number>();
    let left = 0;
    const watcher = latest.watch(() => left++);
    await watcher.return?.();
    expect([latest.watcherCount, left]).toEqual([0, 1]);
  });
});
