import { QueueFullError } from '../../../src/concurrency/batcher-errors';
import { TensorQueue } from '../../../src/inference/tensor-queue';
import type { TensorOutput } from '../../../src/inference/version-runner';

const input = (rows: number) => ({ name: 'x', datatype: 'BYTES' as const, shape: [rows], data: Array.from({ length: rows }, () => 'ab') });
const output: TensorOutput = { outputs: [], preprocessMs: 0, inferenceMs: 1 };

/** One worker that is busy until it is told. */
function aQueue(maxQueuedRows: number) {
  const running: { readonly rows: number; readonly finish: () => void }[] = [];
  const runTensors = (rows: number) => new Promise<TensorOutput>((resolve) => running.push({ rows, finish: () => resolve(output) }));
  let nowMs = 0;
  const queue = new TensorQueue(
    { runTensors },
    { maxBatchSize: 8, maxInFlight: 1, maxQueuedRows, maxQueuedBytes: 1000, elapsedMs: () => nowMs++, defer: (run) => run() },
    null,
  );
  const submit = (rows: number, signal?: AbortSignal) => queue.submit(rows, [input(rows)], { signal });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { queue, running, submit, settled };
}

describe('TensorQueue', () => {
  it('runs each request as one job, and counts the rows that wait', async () => {
    const { queue, running, submit, settled } = aQueue(10);
    const first = submit(3);
    await settled();
    const second = submit(4);
    expect([running.map(({ rows }) => rows), queue.queueDepth]).toEqual([[3], 4]);
    running[0]?.finish();
    expect(await first).toMatchObject({ rows: 3, timing: { batchSize: 3 } });
    await settled();
    expect([running.map(({ rows }) => rows), queue.queueDepth]).toEqual([[3, 4], 0]);
    running[1]?.finish();
    expect(await second).toMatchObject({ rows: 4 });
    await queue.close();
  });

  it('refuses at the door what has no room, in rows', async () => {
    const { running, submit, settled } = aQueue(10);
    const first = submit(1);
    await settled();
    const second = submit(7);
    await expect(submit(4)).rejects.toBeInstanceOf(QueueFullError);
    await expect(submit(11)).rejects.toMatchObject({ code: 'BATCH_TOO_LARGE' });
    const third = submit(3);
    for (let at = 0; at < 3; at++) {
      running[at]?.finish();
      await settled();
    }
    await Promise.all([first, second, third]);
  });

  it('gives the room back of a request whose client has gone', async () => {
    const { queue, running, submit, settled } = aQueue(10);
    const first = submit(1);
    await settled();
    const client = new AbortController();
    const gone = submit(10, client.signal);
    client.abort();
    running[0]?.finish();
    await expect(gone).rejects.toThrow('went away');
    await first;
    expect(queue.queueDepth).toBe(0);
  });
});
