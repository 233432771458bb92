import fc from 'fast-check';
import { linearisedCovariance, ratioMean } from '../../../src/statistics/linearised-moments';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { ratioOfSums } from '../../../src/statistics/ratio-of-sums';
import { relativeError } from './reference-numbers';

const unitsOf = (variables: number, minLength = 1) =>
  fc.array(fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: variables, maxLength: variables }), { minLength, maxLength: 40 });

const anyUnits = fc.integer({ min: 1, max: 4 }).chain((variables) => fc.tuple(unitsOf(variables), unitsOf(variables)));

describe('MomentMatrix', () => {
  it('merged from parts is the matrix of the whole', () => {
    fc.assert(
      fc.property(anyUnits, ([left, right]) => {
        const merged = MomentMatrix.of(left).merge(MomentMatrix.of(right));
        expect(merged.packed).toEqual(MomentMatrix.of([...left, ...right]).packed);
        expect(MomentMatrix.of(right).merge(MomentMatrix.of(left)).packed).toEqual(merged.packed);
      }),
    );
  });

  it('takes back what it was given', () => {
    fc.assert(
      fc.property(anyUnits, ([units, [extra = []]]) => {
        const moments = MomentMatrix.of(units);
        expect(
          moments
            .add(extra)
            .subtract(extra)
            .packed.map((sum) => sum + 0),
        ).toEqual(moments.packed.map((sum) => sum + 0));
      }),
    );
  });

  it('survives being stored', () => {
    fc.assert(
      fc.property(anyUnits, ([units]) => {
        const moments = MomentMatrix.of(units);
        const restored = MomentMatrix.fromPacked(JSON.parse(JSON.stringify(moments.packed)));
        expect(restored.variables).toBe(moments.variables);
        expect(restored.packed.map((sum) => sum + 0)).toEqual(moments.packed.map((sum) => sum + 0));
      }),
    );
  });

  it('appends the numbers of another variable and moves none', () => {
    const narrow = MomentMatrix.of([
      [1, 2],
      [3, 5],
    ]);
    const wide = MomentMatrix.of([
      [1, 2, 7],
      [3, 5, 1],
    ]);
    expect(wide.packed.slice(0, narrow.packed.length)).toEqual(narrow.packed);
    expect(narrow.packed).toEqual([2, 4, 10, 7, 17, 29]);
  });

  it('has the covariances of two passes over the units, within the stated bound', () => {
    fc.assert(
      fc.property(unitsOf(2, 2), fc.integer({ min: 0, max: 8 }), (units, power) => {
        const shifted = units.map(([x = 0, y = 0]) => [x + 10 ** power, y] as const);
        const moments = MomentMatrix.of(shifted);
        const n = shifted.length;
        const [meanX, meanY] = [0, 1].map((i) => shifted.reduce((sum, unit) => sum + (unit[i] as number), 0) / n) as [number, number];
        const exact = shifted.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / (n - 1);
        const scale = Math.abs(moments.sumOfProducts(1, 2)) + Math.abs(moments.sumOfProducts(1, 0) * moments.sumOfProducts(2, 0)) / n;
        const bound = (4 * Number.EPSILON * scale) / (n - 1) + 1e-9 * Math.abs(exact);
        expect(Math.abs(moments.covariance(1, 2) - exact)).toBeLessThanOrEqual(bound);
        expect(moments.covariance(2, 1)).toBe(moments.covariance(1, 2));
        expect(moments.variance(1)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('counts the constant as position 0', () => {
    const moments = MomentMatrix.of([[2], [4]]);
    expect([moments.units, moments.mean(0), moments.mean(1), moments.variance(0), moments.variance(1)]).toEqual([2, 1, 3, 0, 2]);
  });

  it.each([
    ['no unit', () => MomentMatrix.of([])],
    ['no variable', () => MomentMatrix.empty(0)],
    ['units of different lengths', () => MomentMatrix.of([[1], [1, 2]])],
    ['a value that is no number', () => MomentMatrix.of([[Number.NaN]])],
    ['a length that is no triangle', () => MomentMatrix.fromPacked([1, 2])],
    ['a bare count', () => MomentMatrix.fromPacked([1])],
    ['a count that is none', () => MomentMatrix.fromPacked([1.5, 0, 0])],
    ['an infinite sum', () => MomentMatrix.fromPacked([1, Number.POSITIVE_INFINITY, 0])],
    ['subtracting from nothing', () => MomentMatrix.empty(1).subtract([1])],
    ['merging different variables', () => MomentMatrix.empty(1).merge(MomentMatrix.empty(2))],
    ['a position outside', () => MomentMatrix.empty(1).sumOfProducts(2, 0)],
    ['the mean of nothing', () => MomentMatrix.empty(1).mean(1)],
    ['the covariance of one unit', () => MomentMatrix.of([[1]]).covariance(1, 1)],
  ])('refuses %s', (_, attempt) => {
    expect(attempt).toThrow(RangeError);
  });
});

describe('linearised moments', () => {
  const ratio = { numerator: 1, denominator: 2 };

  it('are those of ratioOfSums', () => {
    const unit = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.array(unit, { minLength: 2, maxLength: 40 }), (units) => {
        const moments = MomentMatrix.of(units);
        const [n, m, mm, d, md, dd] = moments.packed as [number, number, number, number, number, number];
        const arm = ratioOfSums({ units: n, numerator: m, denominator: d, numeratorSquared: mm, denominatorSquared: dd, product: md });
        expect(ratioMean(moments, ratio)).toBe(arm?.mean);
        const variance = (arm?.standardError ?? Number.NaN) ** 2 * n;
        expect(Math.abs((linearisedCovariance(moments, ratio, ratio) ?? Number.NaN) - variance)).toBeLessThan(1e-12 * (1 + variance));
      }),
    );
  });

  it('of means are ordinary covariances', () => {
    const moments = MomentMatrix.of([
      [1, 7],
      [2, 3],
      [9, 4],
    ]);
    const [one, other] = [1, 2].map((numerator) => ({ numerator, denominator: 0 })) as [typeof ratio, typeof ratio];
    expect(relativeError(linearisedCovariance(moments, one, other) ?? 0, moments.covariance(1, 2))).toBeLessThan(1e-14);
  });

  it('do not exist without a denominator, or with one unit', () => {
    const nothingBelow = MomentMatrix.of([
      [1, 0],
      [2, 0],
    ]);
    expect(ratioMean(nothingBelow, ratio)).toBeNull();
    expect(linearisedCovariance(nothingBelow, ratio, ratio)).toBeNull();
    expect(linearisedCovariance(MomentMatrix.of([[1, 1]]), ratio, ratio)).toBeNull();
  });
});
