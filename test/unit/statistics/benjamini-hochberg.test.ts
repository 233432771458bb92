import fc from 'fast-check';
import { benjaminiHochbergAdjust } from '../../../src/statistics/benjamini-hochberg';
import { holmAdjust } from '../../../src/statistics/holm-correction';
import { referenceNumbers, relativeError } from './reference-numbers';

const { cases } = referenceNumbers<{ cases: { id: string; p: number[]; bh: number[] }[] }>('multiple-testing');

describe('benjaminiHochbergAdjust', () => {
  it.each(cases.map((row) => [row.id, row] as const))('%s', (_, { p, bh }) => {
    const adjusted = benjaminiHochbergAdjust(p);
    expect(adjusted).toHaveLength(p.length);
    for (const [index, value] of adjusted.entries()) expect(relativeError(value, bh[index] as number)).toBeLessThan(1e-12);
  });

  it("lies between the p itself and Holm's", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (p) => {
        const holm = holmAdjust(p);
        for (const [i, value] of benjaminiHochbergAdjust(p).entries()) {
          expect(value).toBeGreaterThanOrEqual((p[i] as number) * (1 - 1e-15));
          expect(value).toBeLessThanOrEqual((holm[i] as number) * (1 + 1e-15));
        }
      }),
    );
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses %s', (pValue) => {
    expect(() => benjaminiHochbergAdjust([0.5, pValue])).toThrow(RangeError);
  });
});
