import { type CrewOptions, type CrewPool, formOf, type PoolForm, startCrew } from '../../../src/inference/crew';
import { planFeed } from '../../../src/inference/model-plan';
import { readOnnxGraph } from '../../../src/inference/onnx-graph';
import { linear } from '../../integration/inference/sample-models';

const feed = planFeed(readOnnxGraph(linear), {});

/** A machine of numbers: `msOf` says how long a batch takes on a pool of this form. */
class Machine {
  nowMs = 0;
  freeCores = 3;
  readonly open: PoolForm[] = [];
  readonly #msOf: (form: PoolForm, rows: number) => number;
  startFailure: Error | null = null;

  constructor(msOf: (form: PoolForm, rows: number) => number) {
    this.#msOf = msOf;
  }

  pool(form: PoolForm): CrewPool {
    this.open.push(form);
    let endsAtMs = 0;
    return {
      start: async () => {
        if (form.workers === 1 && this.startFailure) throw this.startFailure;
      },
      run: async (job) => {
        const rows = job.kind === 'tensors' ? job.rows : 0;
        const [x] = job.kind === 'tensors' ? job.tensors : [];
        const inferenceMs = this.#msOf(form, rows);
        endsAtMs = Math.max(endsAtMs, this.nowMs + inferenceMs);
        await Promise.resolve();
        this.nowMs = Math.max(this.nowMs, endsAtMs);
        const scores = { name: 'scores', datatype: 'FP32' as const, shape: [rows, 2], data: x?.data ?? [] };
        return { outputs: [scores], inputFeatures: [], refused: [], preprocessMs: 0, inferenceMs };
      },
      stop: async () => {
        this.open.splice(this.open.indexOf(form), 1);
      },
    };
  }

  start(options: Partial<CrewOptions> = {}) {
    const open = (form: PoolForm) => this.pool(form);
    return startCrew(feed, {
      threads: 4,
      wish: null,
      maxBatchSize: 32,
      open,
      elapsedMs: () => this.nowMs,
      idleMs: () => this.freeCores * this.nowMs,
      ...options,
    });
  }
}

describe('the threads of a version', () => {
  it('work on a batch together where that is faster and loses no rows a second', async () => {
    const machine = new Machine(({ threadsPerWorker }, rows) => (10 * rows) / threadsPerWorker);
    const { threads } = await machine.start();
    expect(threads).toEqual({
      profile: 'latency',
      workers: 1,
      threadsPerWorker: 4,
      reason: 'measured: throughput one row in 10.0 ms and 400 rows/s, latency one row in 2.5 ms and 400 rows/s',
    });
    expect(machine.open).toEqual([formOf('latency', 4)]);
  });

  it('work on batches of their own where rows a second would be lost', async () => {
    const machine = new Machine(({ threadsPerWorker }, rows) => (10 * rows) / (threadsPerWorker === 1 ? 1 : 2));
    const { threads } = await machine.start();
    expect(threads).toMatchObject({ profile: 'throughput', workers: 4, threadsPerWorker: 1, reason: expect.stringMatching(/^measured: /) });
    expect(machine.open).toEqual([formOf('throughput', 4)]);
  });

  it('work on batches of their own where the cores are too busy to tell', async () => {
    const machine = new Machine(({ threadsPerWorker }, rows) => (10 * rows) / threadsPerWorker);
    machine.freeCores = 2;
    expect((await machine.start()).threads).toMatchObject({ profile: 'throughput', reason: 'the cores were too busy to compare' });
    expect(machine.open).toEqual([formOf('throughput', 4)]);
    expect(machine.nowMs).toBeLessThan(250);
  });

  it.each<[string, number, Partial<CrewOptions>, object]>([
    ['a row is fast anyway', 0.5, {}, { profile: 'throughput', reason: 'a row takes less than 1 ms, too little to share among threads' }],
    ['there is one thread', 10, { threads: 1 }, { profile: 'throughput', workers: 1, reason: 'it has one thread' }],
    ['a profile is asked for', 10, { wish: { profile: 'latency', reason: 'asked' } }, { profile: 'latency', workers: 1, reason: 'asked' }],
  ])('are not compared where %s', async (_, rowMs, options, expected) => {
    const machine = new Machine(() => rowMs);
    const { threads } = await machine.start(options);
    expect(threads).toMatchObject(expected);
    expect(machine.open).toHaveLength(1);
    expect(machine.nowMs).toBeLessThanOrEqual(6 * rowMs);
  });

  it('serve as they are when the others cannot be started, and none is left when they cannot start themselves', async () => {
    const machine = new Machine(() => 10);
    machine.startFailure = new Error('out of memory');
    expect((await machine.start()).threads).toMatchObject({ profile: 'throughput', reason: 'no comparison: out of memory' });
    expect(machine.open).toEqual([formOf('throughput', 4)]);
    const other = new Machine(() => 10);
    other.startFailure = new Error('out of memory');
    await expect(other.start({ threads: 1 })).rejects.toThrow('out of memory');
    expect(other.open).toEqual([]);
  });
});
