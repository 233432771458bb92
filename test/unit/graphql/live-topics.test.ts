import { LiveTopics } from '../../../src/graphql/live-topics';
import { FakeLogger } from '../../fakes/fake-logger';

function aHouse(read: (topic: string) => Promise<number>) {
  const ticks = new Map<() => void, number>();
  const logger = new FakeLogger();
  const every = (intervalMs: number, tick: () => void) => {
    ticks.set(tick, intervalMs);
    return () => ticks.delete(tick);
  };
  const tick = () => {
    for (const one of [...ticks.keys()]) one();
  };
  return { topics: new LiveTopics({ read, every, logger }), ticks, tick, logger };
}

async function settle(): Promise<void> {
  await new Promise(setImmediate);
}

describe('a live topic', () => {
  it('gives the present state at once, then the newest each interval', async () => {
    let count = 0;
    const { topics, ticks, tick } = aHouse(async () => ++count);
    const watcher = await topics.watch('a', 500);
    expect((await watcher.next()).value).toBe(1);
    expect([...ticks.values()]).toEqual([500]);
    tick();
    expect((await watcher.next()).value).toBe(2);
  });

  it('is read once for all who watch it at the same interval', async () => {
    let reads = 0;
    const { topics, tick } = aHouse(async () => ++reads);
    const [one, two] = await Promise.all([topics.watch('a', 500), topics.watch('a', 500)]);
    tick();
    await settle();
    expect(reads).toBe(2);
    expect([(await one.next()).value, (await two.next()).value]).toEqual([2, 2]);
    await topics.watch('a', 1000);
    await topics.watch('b', 500);
    expect(topics.producerCount).toBe(3);
  });

  it('has a bounded number of readers, whatever intervals are asked for, and none that is too fast', async () => {
    const { topics, ticks } = aHouse(async () => 1);
    for (let intervalMs = 100; intervalMs <= 60_000; intervalMs += 37) {
      await topics.watch('a', intervalMs);
      expect(Math.max(...ticks.values())).toBeGreaterThanOrEqual(intervalMs);
    }
    expect(topics.producerCount).toBe(10);
  });

  it('skips what a slow reader missed', async () => {
    let count = 0;
    const { topics, tick } = aHouse(async () => ++count);
    const watcher = await topics.watch('a', 500);
    for (let round = 0; round < 100; round++) {
      tick();
      await settle();
    }
    expect((await watcher.next()).value).toBe(101);
  });

  it('ends with its last watcher, also one that waits', async () => {
    const { topics, ticks } = aHouse(async () => 1);
    const one = await topics.watch('a', 500);
    const two = await topics.watch('a', 500);
    await one.next();
    const waiting = one.next();
    await one.return?.();
    expect((await waiting).done).toBe(true);
    expect(ticks.size).toBe(1);
    await two.return?.();
    expect(ticks.size).toBe(0);
    expect(topics.producerCount).toBe(0);
  });

  it('refuses to begin when it cannot be read, and leaves nothing behind', async () => {
    const { topics, ticks } = aHouse(async () => Promise.reject(new Error('no such experiment')));
    await expect(topics.watch('a', 500)).rejects.toThrow('no such experiment');
    expect(ticks.size).toBe(0);
  });

  it('goes on after a read that failed later', async () => {
    let count = 0;
    const { topics, tick, logger } = aHouse(async () => {
      count++;
      if (count === 2) throw new Error('the database is away');
      return count;
    });
    const watcher = await topics.watch('a', 500);
    await watcher.next();
    tick();
    await settle();
    expect(logger.lines).toEqual([expect.objectContaining({ event: 'live_topic_read_failed' })]);
    tick();
    expect((await watcher.next()).value).toBe(3);
  });

  it('is not read again while a read is under way', async () => {
    let reads = 0;
    let finish = (_value: number) => {};
    const { topics, tick } = aHouse(() => {
      reads++;
      return reads === 1 ? Promise.resolve(1) : new Promise((resolve) => (finish = resolve));
    });
    const watcher = await topics.watch('a', 500);
    await watcher.next();
    tick();
    tick();
    tick();
    expect(reads).toBe(2);
    finish(7);
    expect((await watcher.next()).value).toBe(7);
  });

  it.each([99, 60_001, -1])('has no interval of %d ms', async (intervalMs) => {
    await expect(aHouse(async () => 1).topics.watch('a', intervalMs)).rejects.toEqual(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
