import fc from 'fast-check';
import { type ModelAgreement, modelAgreement } from '../../../src/statistics/model-agreement';
import { populationStabilityIndex } from '../../../src/statistics/population-stability-index';
import { minstd } from './reference-numbers';

const squares = fc.integer({ min: 2, max: 5 }).chain((size) => {
  const row = fc.array(fc.nat(30), { minLength: size, maxLength: size });
  return fc.array(row, { minLength: size, maxLength: size });
});

describe('modelAgreement', () => {
  it('of the usual textbook table', () => {
    const { agreement, kappa, pairs } = modelAgreement([
      [20, 5],
      [10, 15],
    ]) as ModelAgreement;
    expect(agreement).toBe(0.7);
    expect(kappa).toBeCloseTo(0.4, 14);
    expect(pairs).toBe(50);
  });

  it("has the standard error of Fleiss, Cohen and Everitt's closed form", () => {
    fc.assert(
      fc.property(squares, (table) => {
        const result = modelAgreement(table);
        fc.pre(result !== null && result.kappa !== null);
        const { kappa, kappaStandardError, pairs, agreement } = result as ModelAgreement & { kappa: number };
        const share = (i: number, j: number) => (table[i]?.[j] as number) / pairs;
        const row = (i: number) => (table[i] as number[]).reduce((sum, count) => sum + count, 0) / pairs;
        const column = (j: number) => table.reduce((sum, counts) => sum + (counts[j] as number), 0) / pairs;
        const byChance = table.reduce((sum, _, k) => sum + row(k) * column(k), 0);
        let onDiagonal = 0;
        let offDiagonal = 0;
        table.forEach((counts, i) => {
          counts.forEach((_, j) => {
            if (i === j) onDiagonal += share(i, i) * (1 - byChance - (row(i) + column(i)) * (1 - agreement)) ** 2;
            else offDiagonal += share(i, j) * (column(i) + row(j)) ** 2;
          });
        });
        const last = (agreement * byChance - 2 * byChance + agreement) ** 2;
        const variance = (onDiagonal + (1 - agreement) ** 2 * offDiagonal - last) / pairs / (1 - byChance) ** 4;
        expect((kappaStandardError as number) ** 2).toBeCloseTo(Math.max(0, variance), 9);
        expect(kappa).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(kappa).toBeLessThanOrEqual(1 + 1e-12);
        expect(kappa).toBeLessThanOrEqual(agreement + 1e-12);
      }),
    );
  });

  it('is 1 for models that always agree, unless they give one class only', () => {
    expect(
      modelAgreement([
        [30, 0],
        [0, 20],
      ]),
    ).toEqual({ agreement: 1, agreementStandardError: 0, kappa: 1, kappaStandardError: 0, pairs: 50 });
    expect(
      modelAgreement([
        [30, 0],
        [0, 0],
      ]),
    ).toMatchObject({ agreement: 1, kappa: null, kappaStandardError: null });
    expect(
      modelAgreement([
        [0, 30],
        [0, 0],
      ]),
    ).toMatchObject({ agreement: 0, kappa: 0 });
    expect(
      modelAgreement([
        [0, 0],
        [0, 0],
      ]),
    ).toBeNull();
  });

  it('has marginals that tell how differently the classes are given: none for models that differ in both directions', () => {
    const marginals = (table: number[][]) =>
      [table.map(([a = 0, b = 0]) => a + b), [0, 1].map((j) => table.reduce((sum, row) => sum + (row[j] as number), 0))] as const;
    const stability = (table: number[][]) => populationStabilityIndex(...marginals(table));
    const [balanced, shifted] = [
      [
        [400, 100],
        [100, 400],
      ],
      [
        [400, 200],
        [0, 400],
      ],
    ];
    expect(modelAgreement(balanced as number[][])?.agreement).toBe(modelAgreement(shifted as number[][])?.agreement);
    expect(stability(balanced as number[][]).psi).toBe(0);
    const { psi, nullQuantile95 } = stability(shifted as number[][]);
    expect(psi).toBeGreaterThan(nullQuantile95);
  });

  it('is about 0 for models that have nothing to do with each other', () => {
    const random = minstd(5);
    const table = [
      [0, 0],
      [0, 0],
    ];
    for (let i = 0; i < 5_000; i++) {
      const row = table[random() < 0.8 ? 0 : 1] as number[];
      const column = random() < 0.7 ? 0 : 1;
      row[column] = (row[column] as number) + 1;
    }
    const { kappa, kappaStandardError } = modelAgreement(table) as { kappa: number; kappaStandardError: number };
    expect(Math.abs(kappa)).toBeLessThan(3 * kappaStandardError);
    expect(kappaStandardError).toBeLessThan(0.02);
  });

  it.each([
    [[[1, 2]]],
    [
      [
        [1, 2],
        [3, -1],
      ],
    ],
    [[[0.5]]],
  ])('refuses %j', (table) => {
    expect(() => modelAgreement(table)).toThrow(RangeError);
  });
});
