import fc from 'fast-check';
import { InferenceStatistics } from '../../../src/live-stats/inference-statistics';

const aTime = new Date('2026-11-22T08:00:00.000Z');
const timing = { queueMs: 1, preprocessMs: 2, inferenceMs: 4, totalMs: 8 };

describe('InferenceStatistics', () => {
  it('counts each batch once, whether its rows come together or one by one', () => {
    const batch = fc.record({ size: fc.integer({ min: 1, max: 64 }), isTensor: fc.boolean() });
    fc.assert(
      fc.property(fc.array(batch), (batches) => {
        const statistics = new InferenceStatistics(() => aTime);
        for (const { size, isTensor } of batches) {
          const one = { model: 'm', version: '1', timing: { ...timing, batchSize: size } };
          if (isTensor) statistics.inferred({ ...one, rows: size });
          else for (let row = 0; row < size; row++) statistics.succeeded(one);
        }
        const { rows, executions, batches: sizes, execute } = statistics.of('m', '1');
        const requests = batches.reduce((sum, { size, isTensor }) => sum + (isTensor ? 1 : size), 0);
        expect(rows).toBe(batches.reduce((sum, { size }) => sum + size, 0));
        expect(executions).toBe(batches.length);
        expect(sizes.reduce((sum, one) => sum + one.execute.ms, 0)).toBeCloseTo(4 * batches.length, 6);
        expect(execute).toEqual({ count: requests, ms: 4 * requests });
      }),
    );
  });

  it('keeps failures apart, and forgets those that reached no version', () => {
    const statistics = new InferenceStatistics(() => aTime);
    statistics.failed({ method: 'infer', model: 'm', version: '1', code: 'OVERLOADED', totalMs: 3 });
    statistics.failed({ method: 'infer', model: null, version: null, code: 'MODEL_NOT_FOUND', totalMs: 3 });
    expect(statistics.of('m', '1')).toMatchObject({ lastInferenceAt: null, rows: 0, succeeded: { count: 0 }, failed: { count: 1, ms: 3 } });
  });
});
