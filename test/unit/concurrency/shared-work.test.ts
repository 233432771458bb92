import fc from 'fast-check';
import { AbortedError, DeadlineError } from '../../../src/concurrency/batcher-errors';
import type { CallerSignal } from '../../../src/concurrency/caller-signal';
import { SharedWork } from '../../../src/concurrency/shared-work';

const elapsedMs = () => performance.now();

/** Work that ends when the test says so. */
function heldWork() {
  const works: { signal: CallerSignal; done: (value: string) => void; fail: (error: Error) => void }[] = [];
  const run = (signal: CallerSignal) => new Promise<string>((done, fail) => works.push({ signal, done, fail }));
  return { works, run };
}

const last = <T>(items: readonly T[]) => items.at(-1) as T;
const whatBecomesOf = async (asked: readonly Promise<string>[]) =>
  (await Promise.allSettled(asked)).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.name));

describe('shared work', () => {
  it('is done once for all who want it, and each leaves without taking the others along', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), async (leaves) => {
        const shared = new SharedWork<string>(elapsedMs);
        const { works, run } = heldWork();
        const callers = leaves.map(() => new AbortController());
        const outcome = whatBecomesOf(callers.map(({ signal }) => shared.get('k', run, { signal })));
        for (const [at, leaving] of leaves.entries()) if (leaving) callers[at]?.abort();
        expect(works).toHaveLength(1);
        expect(works[0]?.signal.aborted).toBe(leaves.every(Boolean));
        works[0]?.done('result');
        const expected: string[] = leaves.map((leaving) => (leaving ? 'AbortedError' : 'result'));
        // The last to leave stays for what the work makes of it.
        if (leaves.every(Boolean)) expected[leaves.length - 1] = 'result';
        expect(await outcome).toEqual(expected);
        expect(shared.size).toBe(0);
      }),
    );
  });

  it('is done for each key by itself, and again once it has ended', async () => {
    const shared = new SharedWork<string>(elapsedMs);
    const { works, run } = heldWork();
    const first = [shared.get('a', run, {}), shared.get('b', run, {})];
    works[0]?.done('a1');
    works[1]?.done('b1');
    expect(await whatBecomesOf(first)).toEqual(['a1', 'b1']);
    const again = shared.get('a', run, {});
    last(works).done('a2');
    expect(await again).toBe('a2');
  });

  it('fails for all who wait, and for nobody who comes later', async () => {
    const shared = new SharedWork<string>(elapsedMs);
    const { works, run } = heldWork();
    const asked = [shared.get('k', run, {}), shared.get('k', run, {})];
    works[0]?.fail(new RangeError('no'));
    expect(await whatBecomesOf(asked)).toEqual(['RangeError', 'RangeError']);
    const later = shared.get('k', run, {});
    works[1]?.done('yes');
    expect(await later).toBe('yes');
  });

  it('lets who waits go at its own deadline', async () => {
    const shared = new SharedWork<string>(elapsedMs);
    const { works, run } = heldWork();
    const first = shared.get('k', run, {});
    await expect(shared.get('k', run, { deadlineAtMs: elapsedMs() })).rejects.toBeInstanceOf(DeadlineError);
    works[0]?.done('result');
    expect(await first).toBe('result');
  });

  it('is not joined once it was told to stop', async () => {
    const shared = new SharedWork<string>(elapsedMs);
    const { works, run } = heldWork();
    const caller = new AbortController();
    const gone = shared.get('k', run, { signal: caller.signal });
    caller.abort();
    const fresh = shared.get('k', run, {});
    expect(works).toHaveLength(2);
    works[0]?.fail(new AbortedError());
    works[1]?.done('fresh');
    expect(await whatBecomesOf([gone, fresh])).toEqual(['AbortedError', 'fresh']);
  });

  it('knows a caller that had gone before it asked', async () => {
    const shared = new SharedWork<string>(elapsedMs);
    const { works, run } = heldWork();
    const staying = shared.get('k', run, {});
    await expect(shared.get('k', run, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortedError);
    works[0]?.done('result');
    expect(await staying).toBe('result');
  });
});
