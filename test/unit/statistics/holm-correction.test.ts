import fc from 'fast-check';
import { holmAdjust } from '../../../src/statistics/holm-correction';
import { referenceNumbers, relativeError } from './reference-numbers';

const { cases } = referenceNumbers<{ cases: { id: string; p: number[]; holm: number[] }[] }>('multiple-testing');

describe('holmAdjust', () => {
  it.each(cases.map((row) => [row.id, row] as const))('%s', (_, { p, holm }) => {
    const adjusted = holmAdjust(p);
    expect(adjusted).toHaveLength(p.length);
    for (const [index, value] of adjusted.entries()) expect(relativeError(value, holm[index] as number)).toBeLessThan(1e-12);
  });

  it('never lowers a p, lies below Bonferroni, and keeps the order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (p) => {
        const adjusted = holmAdjust(p);
        for (const [i, value] of adjusted.entries()) {
          expect(value).toBeGreaterThanOrEqual(p[i] as number);
          expect(value).toBeLessThanOrEqual(Math.min(1, p.length * (p[i] as number)));
          for (const [j, other] of adjusted.entries()) if ((p[i] as number) < (p[j] as number)) expect(value).toBeLessThanOrEqual(other);
        }
      }),
    );
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses %s', (pValue) => {
    expect(() => holmAdjust([0.5, pValue])).toThrow(RangeError);
  });
});
