import fc from 'fast-check';
import { populationStabilityIndex } from '../../../src/statistics/population-stability-index';
import { referenceNumbers, relativeError } from './reference-numbers';

const { cases } = referenceNumbers<{
  cases: { id: string; reference: number[]; current: number[]; psi: number; nullQuantile95: number }[];
}>('population-stability-index');

describe('populationStabilityIndex', () => {
  it.each(cases.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { psi, nullQuantile95 } = populationStabilityIndex(row.reference, row.current);
    expect(relativeError(psi, row.psi)).toBeLessThan(1e-12);
    expect(relativeError(nullQuantile95, row.nullQuantile95)).toBeLessThan(1e-12);
  });

  const counts = fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 1, maxLength: 20 }).map((list) => {
    const [reference, current] = [list.map(([x]) => x + 1), list.map(([, y]) => y + 1)];
    return { reference, current };
  });

  it('is never negative, 0 for the same counts, and treats both sides alike', () => {
    fc.assert(
      fc.property(counts, ({ reference, current }) => {
        const { psi } = populationStabilityIndex(reference, current);
        expect(psi).toBeGreaterThanOrEqual(0);
        expect(populationStabilityIndex(current, reference).psi).toBeCloseTo(psi, 12);
        expect(populationStabilityIndex(reference, reference).psi).toBe(0);
      }),
    );
  });

  it('does not depend on the order of the bins', () => {
    fc.assert(
      fc.property(counts, ({ reference, current }) => {
        const { psi } = populationStabilityIndex([...reference].reverse(), [...current].reverse());
        expect(psi).toBeCloseTo(populationStabilityIndex(reference, current).psi, 12);
      }),
    );
  });

  it('has no null range with one bin', () => {
    expect(populationStabilityIndex([10], [20])).toEqual({ psi: 0, nullQuantile95: 0 });
  });

  it.each([
    [[1, 2], [1]],
    [
      [1, -2],
      [1, 1],
    ],
    [
      [0, 0],
      [1, 1],
    ],
    [[], []],
  ])('refuses %j against %j', (reference, current) => {
    expect(() => populationStabilityIndex(reference, current)).toThrow(RangeError);
  });
});
