import fc from 'fast-check';
import { RequestTallies } from '../../../src/live-stats/request-tallies';

const nowMs = Date.UTC(2026, 10, 22, 8);
const timing = { queueMs: 1, preprocessMs: 2, inferenceMs: 4, postprocessMs: 0.5, totalMs: 8 };

describe('the tallies of requests', () => {
  it('count each batch once, whether its rows come together or one by one', () => {
    const batch = fc.record({ size: fc.integer({ min: 1, max: 64 }), isTensor: fc.boolean() });
    fc.assert(
      fc.property(fc.array(batch), (batches) => {
        const tallies = new RequestTallies();
        for (const { size, isTensor } of batches) {
          const ofBatch = { ...timing, batchSize: size };
          if (isTensor) tallies.succeeded(ofBatch, size, nowMs);
          else for (let row = 0; row < size; row++) tallies.succeeded(ofBatch, 1, nowMs);
        }
        const { rows, executions, batches: sizes, execute, postprocess } = tallies.statistics('m', '1');
        const requests = batches.reduce((sum, { size, isTensor }) => sum + (isTensor ? 1 : size), 0);
        expect(rows).toBe(batches.reduce((sum, { size }) => sum + size, 0));
        expect(executions).toBe(batches.length);
        expect(sizes.reduce((sum, one) => sum + one.execute.ms, 0)).toBeCloseTo(4 * batches.length, 6);
        expect(sizes.reduce((sum, one) => sum + one.postprocess.ms, 0)).toBeCloseTo(batches.length / 2, 6);
        expect(execute).toEqual({ count: requests, ms: 4 * requests });
        expect(postprocess).toEqual({ count: requests, ms: requests / 2 });
      }),
    );
  });

  it('keep failures apart', () => {
    const tallies = new RequestTallies();
    tallies.failed(3);
    expect(tallies.statistics('m', '1')).toMatchObject({
      lastInferenceAt: null,
      rows: 0,
      succeeded: { count: 0 },
      failed: { count: 1, ms: 3 },
    });
  });
});
