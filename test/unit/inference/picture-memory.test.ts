import fc from 'fast-check';
import { ByteBudget } from '../../../src/concurrency/byte-budget';
import { HeldPictureMemory, type MemoryMessage, ThreadPictureMemory } from '../../../src/inference/picture-memory';

const large = 17 * 1024 * 1024;

/** One thread and the main one, joined by two lanes of messages. */
function thread(budget: ByteBudget) {
  const held = new HeldPictureMemory(budget);
  const asked: MemoryMessage[] = [];
  const memory: ThreadPictureMemory = new ThreadPictureMemory((message) => {
    asked.push(message);
    if (message.kind === 'reserve') void held.reserve(message.bytes, () => memory.granted());
    else held.release(message.bytes);
  });
  return { memory, held, asked };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the memory of pictures', () => {
  it('is asked for in a message only where a picture is large', async () => {
    const budget = new ByteBudget(3 * large);
    const { memory, asked } = thread(budget);
    const releases = [await memory.acquire(1000), await memory.acquire(large)];
    expect(asked).toEqual([{ kind: 'reserve', bytes: large }]);
    expect(budget.usedBytes).toBe(large);
    for (const release of releases) release();
    expect(budget.usedBytes).toBe(0);
  });

  it('makes the large pictures of all threads wait for each other', async () => {
    const budget = new ByteBudget(large);
    const [one, other] = [thread(budget), thread(budget)];
    const release = await one.memory.acquire(large);
    let isFree = false;
    const waiting = other.memory.acquire(large).then(() => {
      isFree = true;
    });
    await settled();
    expect(isFree).toBe(false);
    release();
    await waiting;
  });

  it('comes back from a thread that ended, also what was granted too late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 }), fc.nat(12), async (sizes, kept) => {
        const budget = new ByteBudget(4 * large);
        const { memory, held } = thread(budget);
        const releases: (() => void)[] = [];
        for (const size of sizes) void memory.acquire(size * large).then((release) => releases.push(release));
        await settled();
        for (const release of releases.slice(kept)) release();
        await settled();
        held.releaseAll();
        await settled();
        expect(budget.usedBytes).toBe(0);
      }),
    );
  });
});
