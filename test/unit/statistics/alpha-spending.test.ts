import fc from 'fast-check';
import { type AlphaSpending, spentAlpha } from '../../../src/statistics/alpha-spending';

const kinds: readonly AlphaSpending[] = [
  { kind: 'obrien-fleming' },
  { kind: 'pocock' },
  { kind: 'power', exponent: 0.5 },
  { kind: 'power', exponent: 3 },
];

describe('spentAlpha', () => {
  it.each(kinds)('spends nothing at 0, everything at 1, and never takes back: %j', (spending) => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    const alpha = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(alpha, fc.constantFrom<1 | 2>(1, 2), fraction, fraction, (total, sides, one, other) => {
        const at = (t: number) => spentAlpha(spending, { alpha: total, sides, fraction: t });
        expect(at(0)).toBe(0);
        expect(at(1)).toBe(total);
        expect(at(Math.max(one, other))).toBeGreaterThanOrEqual(at(Math.min(one, other)) * (1 - 1e-12));
        expect(at(one)).toBeLessThanOrEqual(total);
      }),
    );
  });

  it.each(kinds)('spends on two sides twice what one side with half of alpha spends: %j', (spending) => {
    const two = spentAlpha(spending, { alpha: 0.05, sides: 2, fraction: 0.3 });
    expect(two).toBeCloseTo(2 * spentAlpha(spending, { alpha: 0.025, sides: 1, fraction: 0.3 }), 15);
  });

  it.each([{ alpha: 0 }, { alpha: 1 }, { fraction: -0.1 }, { fraction: 1.1 }, { fraction: Number.NaN }])('refuses %j', (change) => {
    expect(() => spentAlpha({ kind: 'pocock' }, { alpha: 0.05, sides: 2, fraction: 0.5, ...change })).toThrow(RangeError);
  });

  it('refuses an exponent that is not above 0', () => {
    expect(() => spentAlpha({ kind: 'power', exponent: 0 }, { alpha: 0.05, sides: 2, fraction: 0.5 })).toThrow(RangeError);
  });
});
