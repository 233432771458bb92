import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteBudget } from '../../../src/concurrency/byte-budget';
import { WorkerPool } from '../../../src/inference/worker-pool';
import { RuntimeRefusal, WorkerLostError } from '../../../src/inference/worker-seat';
import { FakeLogger } from '../../fakes/fake-logger';

const scriptPath = join(__dirname, '../../fixtures/onnx/scripted-worker.cjs');

describe('WorkerPool', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'touchstone-workers-'));
  const logger = new FakeLogger();
  const budget = new ByteBudget(1000);
  let pool: WorkerPool;
  let made = 0;

  afterEach(() => pool.stop());
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  function poolOf(size: number, model = 'good', jobMs = 60_000): WorkerPool {
    pool = new WorkerPool({
      scriptPath,
      size,
      logger,
      memory: budget,
      limits: { startMs: 200 * jobMs, jobMs },
      settings: { model: Buffer.from(model), externalFiles: [], image: null, fixedBatchSize: null, outputNames: null },
    });
    return pool;
  }
  const marker = () => join(scratch, String(++made));
  const say = async (...data: string[]) => {
    const tensor = { name: 'x', datatype: 'BYTES' as const, shape: [data.length], data };
    const { outputs } = await pool.run({ kind: 'tensors', rows: 1, tensors: [tensor] });
    return outputs[0]?.data;
  };

  it('gives each job its own answer, also when there are more jobs than workers', async () => {
    await poolOf(2).start();
    const words = Array.from({ length: 9 }, (_, i) => String(i));
    expect(await Promise.all(words.map((word) => say(word)))).toEqual(words.map((word) => [word]));
  });

  it('sends the job of a worker that died to another', async () => {
    await poolOf(2).start();
    const file = marker();
    expect(await say('die once', file)).toEqual(['die once', file]);
  });

  it('replaces the only worker', async () => {
    await poolOf(1).start();
    const file = marker();
    expect(await say('die once', file)).toEqual(['die once', file]);
    expect(await say('still here')).toEqual(['still here']);
  });

  it('gives a job up that ended two workers, and goes on with the next one, however often', async () => {
    await poolOf(2).start();
    for (let i = 0; i < 5; i++) await expect(say('die')).rejects.toBeInstanceOf(WorkerLostError);
    expect(await say('still here')).toEqual(['still here']);
  });

  it('settles every job when all workers die at once', async () => {
    await poolOf(2).start();
    const settled = await Promise.allSettled([say('die'), say('die'), say('die'), say('a'), say('die'), say('b')]);
    expect(settled.filter((one) => one.status === 'rejected')).toHaveLength(4);
    expect(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))).toEqual([['a'], ['b']]);
  });

  it('tells the rows that wait when no worker can be started any more', async () => {
    await poolOf(1, `starts once ${marker()}`).start();
    const settled = await Promise.allSettled([say('die'), say('a'), say('b')]);
    expect(settled.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(say('c')).rejects.toBeInstanceOf(WorkerLostError);
  });

  it('gives a worker up that does not come back, and sends its job to another', async () => {
    await poolOf(1, 'good', 300).start();
    const file = marker();
    expect(await say('hang once', file)).toEqual(['hang once', file]);
    expect(await say('still here')).toEqual(['still here']);
  });

  it('gives a job up that two workers did not come back from, and keeps none of them waited for', async () => {
    await poolOf(2, 'good', 300).start();
    const settled = await Promise.allSettled([say('hang'), say('a'), say('b')]);
    expect(settled).toEqual([
      { status: 'rejected', reason: new WorkerLostError() },
      { status: 'fulfilled', value: ['a'] },
      { status: 'fulfilled', value: ['b'] },
    ]);
    expect(await say('still here')).toEqual(['still here']);
  });

  it('does not wait for ever for a worker that does not become ready', async () => {
    pool = poolOf(1, 'silent', 2);
    await expect(pool.start()).rejects.toEqual(new WorkerLostError());
  });

  it('passes on what the runtime refuses, without another try', async () => {
    await poolOf(1).start();
    await expect(say('refuse')).rejects.toEqual(new RuntimeRefusal('not this row'));
    expect(await say('next')).toEqual(['next']);
  });

  it.each([
    ['the runtime refuses the model', 'refused', new RuntimeRefusal('no such operator')],
    ['the script cannot start', 'throws', new WorkerLostError()],
  ])('does not start when %s', async (_, model, error) => {
    await expect(poolOf(2, model).start()).rejects.toEqual(error);
  });

  it('settles what runs and what waits when it stops, and takes nothing after', async () => {
    await poolOf(1).start();
    const jobs = Promise.allSettled([say('a'), say('b'), say('c')]);
    await pool.stop();
    expect((await jobs).length).toBe(3);
    await expect(say('d')).rejects.toBeInstanceOf(WorkerLostError);
  });
});
