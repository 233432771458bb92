import fc from 'fast-check';
import { Batcher } from '../../../src/concurrency/batcher';
import type { BatcherOptions } from '../../../src/concurrency/batcher-options';

/** So often that the batches of a test change little in what was learned. */
function line(fixedMs: number, perRowMs: number) {
  return Array.from({ length: 60 }, (_, index) => ({ rows: 1 + (index % 4), ms: fixedMs + perRowMs * (1 + (index % 4)) }));
}

const noLimits: BatcherOptions = {
  maxBatchSize: 4,
  maxInFlight: 2,
  maxQueuedRows: 1000,
  maxQueuedBytes: 1e9,
  elapsedMs: () => 0,
  // Mostly the fixed part: large batches pay.
  measured: line(10, 0.05),
  defer: (callback) => callback(),
};
const row = { sizeBytes: 1 };

/** A run whose batches the test lets go one by one. */
function gated() {
  const batches: { readonly inputs: readonly number[]; readonly finish: () => void; readonly fail: (error: Error) => void }[] = [];
  const run = (inputs: readonly number[]) =>
    new Promise<readonly (number | Error)[]>((resolve, reject) => {
      batches.push({ inputs, finish: () => resolve(inputs.map((input) => input * 10)), fail: reject });
    });
  return { batches, run };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Batcher', () => {
  it('dispatches at once while a worker is idle, and lets the batch grow while all are busy', async () => {
    const { batches, run } = gated();
    const batcher = new Batcher(run, noLimits);
    const answers = Promise.all([1, 2, 3, 4, 5, 6, 7].map((input) => batcher.submit(input, row)));
    expect(batches.map((batch) => batch.inputs)).toEqual([[1], [2]]);
    expect(batcher.queueDepth).toBe(5);
    batches[0]?.finish();
    await settled();
    expect(batches[2]?.inputs).toEqual([3, 4, 5, 6]);
    batches[1]?.finish();
    await settled();
    for (const batch of batches) batch.finish();
    expect((await answers).map((answer) => answer.output)).toEqual([10, 20, 30, 40, 50, 60, 70]);
  });

  it('settles every row exactly once with its own answer, within the limits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ input: fc.nat(), fails: fc.boolean(), yields: fc.nat(3) }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (rows, maxBatchSize, maxInFlight) => {
          let inFlight = 0;
          const dispatched: number[] = [];
          const batcher = new Batcher<number, number>(
            async (indexes) => {
              expect(++inFlight).toBeLessThanOrEqual(maxInFlight);
              expect(indexes.length).toBeLessThanOrEqual(maxBatchSize);
              dispatched.push(...indexes);
              for (let i = 0; i < (rows[indexes[0] as number]?.yields ?? 0); i++) await settled();
              inFlight--;
              return indexes.map((index) => (rows[index]?.fails ? new Error(String(index)) : index));
            },
            { ...noLimits, maxBatchSize, maxInFlight },
          );
          const results = await Promise.allSettled(rows.map((_, index) => batcher.submit(index, row)));
          results.forEach((result, index) => {
            if (rows[index]?.fails) expect(result).toMatchObject({ status: 'rejected', reason: { message: String(index) } });
            else expect(result).toMatchObject({ status: 'fulfilled', value: { output: index } });
          });
          expect(dispatched).toEqual(rows.map((_, index) => index));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('settles every row exactly once whatever fails, leaves or comes too late, and runs none twice but those of a failed batch', async () => {
    const fate = fc.record({
      fails: fc.boolean(),
      breaksBatch: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
      leavesAfter: fc.option(fc.nat(6), { nil: null }),
      deadlineAtMs: fc.option(fc.nat(40), { nil: undefined }),
      pauses: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (fates, maxBatchSize, maxInFlight) => {
          let nowMs = 0;
          let inFlight = 0;
          const runs = fates.map(() => 0);
          const batcher: Batcher<number, number> = new Batcher<number, number>(
            async (indexes) => {
              expect(++inFlight).toBeLessThanOrEqual(maxInFlight);
              for (const index of indexes) runs[index] = (runs[index] as number) + 1;
              await settled();
              nowMs += 3;
              inFlight--;
              if (indexes.some((index) => fates[index]?.breaksBatch)) throw new Error('broken');
              return indexes.map((index) => (fates[index]?.fails ? new Error('failed') : index));
            },
            { maxBatchSize, maxInFlight, maxQueuedRows: 20, maxQueuedBytes: 30, elapsedMs: () => nowMs },
          );
          let settlements = 0;
          const results: Promise<unknown>[] = [];
          for (const [index, { leavesAfter, deadlineAtMs, pauses }] of fates.entries()) {
            const caller = new AbortController();
            const answer = batcher.submit(index, { sizeBytes: index % 3, signal: caller.signal, deadlineAtMs });
            results.push(
              answer.then(
                ({ output }) => {
                  settlements++;
                  expect(output).toBe(index);
                  expect(fates[index]?.fails || fates[index]?.breaksBatch).toBe(false);
                },
                (error: Error) => {
                  settlements++;
                  if (error.message === 'failed') expect(fates[index]?.fails).toBe(true);
                  else if (error.message === 'broken') expect(fates[index]?.breaksBatch).toBe(true);
                  else expect(runs[index]).toBe(0);
                },
              ),
            );
            if (leavesAfter !== null)
              void (async () => {
                for (let i = 0; i < leavesAfter; i++) await settled();
                caller.abort();
              })();
            for (let i = 0; i < pauses; i++) await settled();
          }
          await batcher.close();
          await Promise.all(results);
          expect(settlements).toBe(fates.length);
          expect(Math.max(0, ...runs)).toBeLessThanOrEqual(2);
          expect([batcher.queueDepth, inFlight]).toEqual([0, 0]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('runs the rows of a failed batch alone, so that one bad row never fails its neighbours', async () => {
    const batcher = new Batcher<number, number>(
      async (inputs) => {
        if (inputs.includes(13)) throw new Error('bad luck');
        return [...inputs];
      },
      { ...noLimits, maxInFlight: 1 },
    );
    const results = await Promise.allSettled([1, 2, 13, 4].map((input) => batcher.submit(input, row)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it.each([
    ['rows', { maxQueuedRows: 2 }],
    ['bytes', { maxQueuedBytes: 2 }],
  ])('refuses at the door when the queue is full in %s', async (_, limit) => {
    const { batches, run } = gated();
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1, ...limit });
    const taken = [1, 2, 3].map((input) => batcher.submit(input, row));
    await expect(batcher.submit(4, row)).rejects.toMatchObject({ name: 'QueueFullError', retryAfterMs: expect.any(Number) });
    batches[0]?.finish();
    await settled();
    batches[1]?.finish();
    expect(await Promise.all(taken)).toHaveLength(3);
  });

  it('refuses at the door a row that the backlog would make too late, and takes one that has the time', async () => {
    const { batches, run } = gated();
    let nowMs = 0;
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1, measured: line(0, 10), elapsedMs: () => nowMs });
    const taken = [1, 2, 3, 4].map((input) => batcher.submit(input, row));
    // One row runs, three wait, each alone, since a batch would save nothing.
    await expect(batcher.submit(5, { ...row, deadlineAtMs: 49 })).rejects.toMatchObject({ name: 'QueueFullError', retryAfterMs: 50 });
    taken.push(batcher.submit(6, { ...row, deadlineAtMs: 50 }));
    for (let i = 0; i < 5; i++) {
      nowMs += i === 0 ? 40 : 0;
      batches[i]?.finish();
      await settled();
    }
    expect(await Promise.all(taken)).toHaveLength(5);
    expect(batches.flatMap(({ inputs }) => inputs)).toEqual([1, 2, 3, 4, 6]);
  });

  it('tries a row on an idle worker however short its deadline, so that an estimate too high is mended', async () => {
    const { batches, run } = gated();
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 2, measured: [{ rows: 1, ms: 1e6 }] });
    const urgent = { ...row, deadlineAtMs: 1 };
    const taken = [batcher.submit(1, urgent), batcher.submit(2, urgent)];
    await expect(batcher.submit(3, urgent)).rejects.toMatchObject({ name: 'QueueFullError' });
    for (const batch of batches) batch.finish();
    expect((await Promise.all(taken)).map(({ output }) => output)).toHaveLength(2);
  });

  it('leaves a row the time that its caller needs afterwards', async () => {
    const { batches, run } = gated();
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1, measured: line(0, 10) });
    const first = batcher.submit(1, row);
    const inTime = { ...row, deadlineAtMs: 20 };
    await expect(batcher.submit(2, { ...inTime, afterMs: 1 })).rejects.toMatchObject({ name: 'QueueFullError' });
    const second = batcher.submit(3, { ...inTime, afterMs: 0 });
    batches[0]?.finish();
    await settled();
    batches[1]?.finish();
    await Promise.all([first, second]);
  });

  it('keeps to deadlines where the time of batches varies, and not only on average', async () => {
    const { batches, run } = gated();
    let nowMs = 0;
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1, maxBatchSize: 1, measured: line(0, 10), elapsedMs: () => nowMs });
    /** Whether a row behind another is taken with so much time, when each of both batches takes `batchMs`. */
    const takes = async (deadlineInMs: number, batchMs: number): Promise<boolean> => {
      const before = batches.length;
      const answers = Promise.allSettled([batcher.submit(0, row), batcher.submit(1, { ...row, deadlineAtMs: nowMs + deadlineInMs })]);
      for (let batch = before; batch < before + 2; batch++) {
        nowMs += batchMs;
        batches[batch]?.finish();
        await settled();
      }
      return (await answers)[1].status === 'fulfilled';
    };
    expect(await takes(25, 10)).toBe(true);
    for (let i = 0; i < 30; i++) expect(await takes(70, i % 2 === 0 ? 5 : 15)).toBe(true);
    expect(await takes(25, 10)).toBe(false);
  });

  it('answers rows when their turn has come, gives the worker its next batch before, and is closed after', async () => {
    const { batches, run } = gated();
    const turns: (() => void)[] = [];
    const enter = () => new Promise<void>((resolve) => turns.push(resolve));
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1, maxBatchSize: 1, turns: { enter } });
    const order: string[] = [];
    const answers = [1, 2].map((input) => batcher.submit(input, row).then(({ output }) => order.push(`answer ${output}`)));
    batches[0]?.finish();
    await settled();
    expect(batches).toHaveLength(2);
    batches[1]?.finish();
    const closed = batcher.close().then(() => order.push('closed'));
    await settled();
    expect(order).toEqual([]);
    for (const begin of turns) begin();
    await Promise.all([...answers, closed]);
    expect(order).toEqual(['answer 10', 'answer 20', 'closed']);
  });

  it('keeps batches small and workers busy where a batch saves nothing', async () => {
    const { batches, run } = gated();
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 2, measured: line(0, 5) });
    const answers = [1, 2, 3, 4].map((input) => batcher.submit(input, row));
    for (let i = 0; i < 4; i++) {
      batches[i]?.finish();
      await settled();
    }
    await Promise.all(answers);
    expect(batches.map(({ inputs }) => inputs)).toEqual([[1], [2], [3], [4]]);
  });

  it('keeps to one worker where handing rows over costs more than running them', async () => {
    const { batches, run } = gated();
    const measured = line(0.1, 0.001);
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 2, measured });
    const answers = [1, 2, 3, 4, 5].map((input) => batcher.submit(input, row));
    expect(batches.map(({ inputs }) => inputs)).toEqual([[1]]);
    batches[0]?.finish();
    await settled();
    expect(batches.map(({ inputs }) => inputs)).toEqual([[1], [2, 3, 4, 5]]);
    batches[1]?.finish();
    await Promise.all(answers);
  });

  it('dispatches together what was read together', async () => {
    const batches: (readonly number[])[] = [];
    const { defer: _, ...usual } = noLimits;
    const batcher = new Batcher<number, number>(
      async (inputs) => {
        batches.push(inputs);
        return [...inputs];
      },
      { ...usual, maxInFlight: 1 },
    );
    await Promise.all([1, 2, 3].map((input) => batcher.submit(input, row)));
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('serves those who wait before batches of many rows, and copies last', async () => {
    const { batches, run } = gated();
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1, maxBatchSize: 1 });
    const first = batcher.submit(0, row);
    const rest = (['shadow', 'batch', 'interactive'] as const).map((priority, index) => batcher.submit(index + 1, { ...row, priority }));
    for (let i = 0; i < 4; i++) {
      batches[i]?.finish();
      await settled();
    }
    await Promise.all([first, ...rest]);
    expect(batches.map(({ inputs }) => inputs)).toEqual([[0], [3], [2], [1]]);
  });

  it('drops a row whose deadline passed, or whose caller went away, before it is dispatched', async () => {
    const { batches, run } = gated();
    let nowMs = 0;
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1, elapsedMs: () => nowMs });
    const first = batcher.submit(1, row);
    const caller = new AbortController();
    const late = batcher.submit(2, { ...row, deadlineAtMs: 50 });
    const gone = batcher.submit(3, { ...row, signal: caller.signal });
    caller.abort();
    nowMs = 100;
    batches[0]?.finish();
    await expect(gone).rejects.toMatchObject({ name: 'AbortedError' });
    await expect(late).rejects.toMatchObject({ name: 'DeadlineError' });
    await first;
    expect(batches).toHaveLength(1);
    await expect(batcher.submit(4, { ...row, deadlineAtMs: 99 })).rejects.toMatchObject({ name: 'DeadlineError' });
    await expect(batcher.submit(5, { ...row, signal: caller.signal })).rejects.toMatchObject({ name: 'AbortedError' });
  });

  it('gives the place of a caller who went away to one who is there', async () => {
    const { batches, run } = gated();
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1, maxQueuedRows: 1 });
    const first = batcher.submit(1, row);
    const caller = new AbortController();
    const gone = batcher.submit(2, { ...row, signal: caller.signal });
    await expect(batcher.submit(3, row)).rejects.toMatchObject({ name: 'QueueFullError' });
    caller.abort();
    const third = batcher.submit(4, row);
    await expect(gone).rejects.toMatchObject({ name: 'AbortedError' });
    batches[0]?.finish();
    await first;
    await settled();
    batches[1]?.finish();
    expect((await third).output).toBe(40);
  });

  it('answers what it took before it closes, and takes nothing more', async () => {
    const { batches, run } = gated();
    const batcher = new Batcher(run, { ...noLimits, maxInFlight: 1 });
    const answer = batcher.submit(1, row);
    const closed = batcher.close();
    await expect(batcher.submit(2, row)).rejects.toMatchObject({ name: 'ClosedError' });
    batches[0]?.finish();
    await closed;
    expect((await answer).output).toBe(10);
  });
});
