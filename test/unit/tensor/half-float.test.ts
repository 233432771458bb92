import fc from 'fast-check';
import { halfToNumber, numberToHalf } from '../../../src/tensor/half-float';

describe('half floats', () => {
  it('come back from numbers as the same bits, all of them', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = halfToNumber(half);
      if (Number.isNaN(value)) expect(numberToHalf(value)).toBe(0x7e00);
      else expect(numberToHalf(value)).toBe(half);
    }
  });

  it('are the nearest to a number, the even one of two', () => {
    const finite = Array.from({ length: 0x7c00 }, (_, half) => half);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 65_519.99, noNaN: true }), (value) => {
        const half = numberToHalf(value);
        const distance = Math.abs(halfToNumber(half) - value);
        for (const other of [half - 1, half + 1].filter((one) => one in finite)) {
          const otherDistance = Math.abs(halfToNumber(other) - value);
          expect(distance < otherDistance || (distance === otherDistance && half % 2 === 0)).toBe(true);
        }
        expect(numberToHalf(-value)).toBe(half | 0x8000);
      }),
    );
  });

  it.each([
    [0.333251953125, 0x3555],
    [65_504, 0x7bff],
    [65_519.999, 0x7bff],
    [65_520, 0x7c00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -24, 0x0002],
    // A 32-bit float would round this up to the tie, and that to even: 0x3c00 + 2.
    [1 + 2 ** -10 + 2 ** -11 - 2 ** -40, 0x3c01],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ])('%d is %d', (value, half) => {
    expect(numberToHalf(value)).toBe(half);
  });
});
