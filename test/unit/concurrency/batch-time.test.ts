import fc from 'fast-check';
import { BatchTime } from '../../../src/concurrency/batch-time';

const sizes = [1, 2, 4, 8, 16];

describe('BatchTime', () => {
  it('finds the two constants of a straight line', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 50, noNaN: true }), fc.double({ min: 0.001, max: 20, noNaN: true }), (fixedMs, perRowMs) => {
        const time = new BatchTime(sizes.map((rows) => ({ rows, ms: fixedMs + perRowMs * rows })));
        expect(time.of(32)).toBeCloseTo(fixedMs + 32 * perRowMs, 4);
      }),
    );
  });

  it('is never negative, whatever was measured, and follows what comes', () => {
    const measurement = fc.record({ rows: fc.integer({ min: 1, max: 64 }), ms: fc.double({ min: 0, max: 1000, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(measurement, { minLength: 1 }), (measured) => {
        const time = new BatchTime(measured);
        expect(Math.min(time.fixedMs, time.perRowMs)).toBeGreaterThanOrEqual(0);
        for (let i = 0; i < 400; i++) time.add({ rows: 1 + (i % 8), ms: 3 + 2 * (1 + (i % 8)) });
        expect(time.of(8)).toBeCloseTo(19, 1);
      }),
    );
  });

  it('still says that a larger batch takes longer when all batches have one size', () => {
    const time = new BatchTime(sizes.map((rows) => ({ rows, ms: 10 + rows })));
    for (let i = 0; i < 500; i++) time.add({ rows: 1, ms: 22 });
    expect(time.of(1)).toBeCloseTo(22, 3);
    expect(time.of(11)).toBeGreaterThan(22);
    expect(time.of(11)).toBeLessThanOrEqual(11 * 22);
  });

  it('calls a batch large enough where more rows save little', () => {
    const flat = new BatchTime(sizes.map((rows) => ({ rows, ms: 5 * rows })));
    const falling = new BatchTime(sizes.map((rows) => ({ rows, ms: 0.3 + 0.002 * rows })));
    const cnn = new BatchTime(sizes.map((rows) => ({ rows, ms: 1.1 + 3.4 * rows })));
    expect([flat.enough(32, 0.1), cnn.enough(32, 0.1), falling.enough(32, 0.1)]).toEqual([1, 3, 29]);
  });
});
