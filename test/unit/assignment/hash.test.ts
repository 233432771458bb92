import fc from 'fast-check';
import { hashFraction } from '../../../src/assignment/hash';
import { growthBookCases } from './growthbook-cases';

describe('hashFraction', () => {
  it.each(growthBookCases.hash)('of seed %j and value %j, version %i, is %d', (seed, value, version, fraction) => {
    if (fraction === null) expect(() => hashFraction(seed, value, version)).toThrow('There is no hash version 99; use 1, 2 or 3.');
    else expect(hashFraction(seed, value, version)).toBe(fraction);
  });

  it('has run all 15 cases of GrowthBook', () => {
    expect(growthBookCases.hash).toHaveLength(15);
  });

  it('takes version 2 when none is named', () => {
    expect(hashFraction('seed', 'a')).toBe(hashFraction('seed', 'a', 2));
  });

  it('is one of 0, 0.0001, ..., 0.9999, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (seed, value) => {
        const fraction = hashFraction(seed, value);
        expect(fraction).toBe(Math.round(fraction * 10_000) / 10_000);
        expect(fraction).toBeGreaterThanOrEqual(0);
        expect(fraction).toBeLessThan(1);
      }),
    );
  });

  it('spreads units evenly, and independently for two seeds', () => {
    const cells = new Array<number>(16).fill(0);
    const units = 16_000;
    for (let unit = 0; unit < units; unit++) {
      const cell = Math.floor(hashFraction('checkout', `user-${unit}`) * 4) * 4 + Math.floor(hashFraction('search', `user-${unit}`) * 4);
      cells[cell] = (cells[cell] as number) + 1;
    }
    const chiSquare = cells.reduce((sum, count) => sum + (count - units / 16) ** 2 / (units / 16), 0);
    expect(chiSquare).toBeLessThan(37.7);
  });
});
