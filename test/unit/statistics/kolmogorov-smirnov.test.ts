import fc from 'fast-check';
import { kolmogorovSurvival } from '../../../src/statistics/kolmogorov-distribution';
import { kolmogorovSmirnovBinned, kolmogorovSmirnovTest } from '../../../src/statistics/kolmogorov-smirnov';
import { minstd, referenceNumbers, relativeError } from './reference-numbers';

interface Generated {
  readonly n: number;
  readonly seed: number;
  readonly transform: 'id' | 'sq' | 'x1.02';
}

interface Row {
  readonly id: string;
  readonly statistic: number;
  readonly limitP: number;
  readonly exactP: number | null;
  readonly x?: number[];
  readonly y?: number[];
  readonly generator?: { readonly x: Generated; readonly y: Generated };
}

const transforms = { id: (u: number) => u, sq: (u: number) => u * u, 'x1.02': (u: number) => u * 1.02 };

function generated({ n, seed, transform }: Generated): number[] {
  const random = minstd(seed);
  return Array.from({ length: n }, () => transforms[transform](random()));
}

function samplesOf(row: Row): [number[], number[]] {
  if (row.generator !== undefined) return [generated(row.generator.x), generated(row.generator.y)];
  return [row.x ?? [], row.y ?? []];
}

const { cases } = referenceNumbers<{ cases: Row[] }>('kolmogorov-smirnov');

/** P by walking through all ways to deal the pooled values: the definition itself. */
function enumeratedP(a: readonly number[], b: readonly number[]): number {
  const pooled = [...a, ...b];
  const observed = kolmogorovSmirnovTest(a, b).statistic;
  let deals = 0;
  let asFar = 0;
  for (let mask = 0; mask < 2 ** pooled.length; mask++) {
    const inA = pooled.map((_, index) => ((mask >> index) & 1) === 1);
    if (inA.filter(Boolean).length !== a.length) continue;
    deals += 1;
    const { statistic } = kolmogorovSmirnovTest(
      pooled.filter((_, index) => inA[index]),
      pooled.filter((_, index) => !inA[index]),
    );
    if (statistic > observed - 1e-12) asFar += 1;
  }
  return asFar / deals;
}

describe('kolmogorovSmirnovTest', () => {
  it.each(cases.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const [x, y] = samplesOf(row);
    const { statistic, pValue } = kolmogorovSmirnovTest(x, y);
    expect(relativeError(statistic, row.statistic)).toBeLessThan(1e-15);
    expect(
      relativeError(kolmogorovSurvival(Math.sqrt((x.length * y.length) / (x.length + y.length)) * statistic), row.limitP),
    ).toBeLessThan(1e-10);
    const expected = x.length * y.length <= 100_000 ? row.exactP : row.limitP;
    expect(relativeError(pValue, expected ?? Number.NaN)).toBeLessThan(1e-10);
  });

  it('is the share of all ways to deal the pooled values, also with ties', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        expect(kolmogorovSmirnovTest(a, b).pValue).toBeCloseTo(enumeratedP(a, b), 12);
      }),
      { numRuns: 40 },
    );
  });

  it('treats both samples alike, and depends on their order only', () => {
    const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const test = kolmogorovSmirnovTest(a, b);
        const mirrored = kolmogorovSmirnovTest(b, a);
        const stretched = kolmogorovSmirnovTest(a.map(Math.exp), b.map(Math.exp));
        expect(mirrored.statistic).toBe(test.statistic);
        expect(relativeError(mirrored.pValue, test.pValue)).toBeLessThan(1e-10);
        expect(stretched).toEqual(test);
      }),
    );
  });

  it('orders infinities, and takes -0 and 0 for equal', () => {
    expect(kolmogorovSmirnovTest([-Infinity, 0, Infinity], [-Infinity, -0, Infinity])).toEqual({ statistic: 0, pValue: 1 });
  });

  it.each([
    [[], [1]],
    [[1], []],
    [[1, Number.NaN], [1]],
  ])('refuses %j against %j', (a, b) => {
    expect(() => kolmogorovSmirnovTest(a, b)).toThrow(RangeError);
  });
});

describe('kolmogorovSmirnovBinned', () => {
  it('is the test of samples in which all values of a bin are tied', () => {
    const bins = fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(bins, (list) => {
        const [a, b] = [list.map(([x]) => x), list.map(([, y]) => y)];
        fc.pre(a.some((x) => x > 0) && b.some((y) => y > 0));
        const spread = (counts: number[]) => counts.flatMap((count, bin) => new Array<number>(count).fill(bin));
        const expected = kolmogorovSmirnovTest(spread(a), spread(b));
        const actual = kolmogorovSmirnovBinned(a, b);
        expect(actual.statistic).toBe(expected.statistic);
        expect(relativeError(actual.pValue, expected.pValue)).toBeLessThan(1e-12);
      }),
    );
  });

  it('uses the limit for large counts', () => {
    const { statistic, pValue } = kolmogorovSmirnovBinned([50_000, 50_000], [25_500, 24_500]);
    expect(statistic).toBeCloseTo(0.01, 15);
    expect(pValue).toBe(kolmogorovSurvival(Math.sqrt((100_000 * 50_000) / 150_000) * statistic));
  });

  it.each([
    [[1, 2], [1]],
    [
      [1, 2.5],
      [1, 1],
    ],
    [
      [1, -1],
      [1, 1],
    ],
    [
      [0, 0],
      [1, 1],
    ],
    [[], []],
  ])('refuses %j against %j', (a, b) => {
    expect(() => kolmogorovSmirnovBinned(a, b)).toThrow(RangeError);
  });
});
