import fc from 'fast-check';
import { solveNormalEquations } from '../../../src/statistics/normal-equations';

const value = fc.double({ min: -10, max: 10, noNaN: true });

/** Rows of a design of so many columns. */
const design = (columns: number) => fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: 8, maxLength: 20 });

const gramOf = (rows: readonly (readonly number[])[], columns: number) =>
  Array.from({ length: columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => rows.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0)),
  );

const times = (matrix: readonly (readonly number[])[], vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, entry, j) => sum + entry * (vector[j] as number), 0));

describe('solveNormalEquations', () => {
  it('solves for every right-hand side', () => {
    fc.assert(
      fc.property(design(3), fc.array(value, { minLength: 3, maxLength: 3 }), (rows, wanted) => {
        const matrix = gramOf(rows, 3).map((row, i) => row.map((entry, j) => entry + (i === j ? 1 : 0)));
        const { coefficients, dropped } = solveNormalEquations(matrix, [times(matrix, wanted), [0, 0, 0]]);
        expect(dropped).toEqual([]);
        coefficients[0]?.forEach((coefficient, i) => {
          expect(coefficient).toBeCloseTo(wanted[i] as number, 6);
        });
        expect(coefficients[1]).toEqual([0, 0, 0]);
      }),
    );
  });

  it('drops a variable that repeats earlier ones and fits the rest as if it were not there', () => {
    fc.assert(
      fc.property(design(2), fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), (rows, a, b) => {
        const spread = rows.map(([x = 0, y = 0], i) => [x + (i % 2), y + i, (x + (i % 2)) * a + (y + i) * b]);
        const matrix = gramOf(spread, 3);
        const right = [0, 1, 2].map((column) => spread.reduce((sum, row, i) => sum + (row[column] as number) * i, 0));
        const { coefficients, dropped } = solveNormalEquations(matrix, [right]);
        expect(dropped.some(({ variable }) => variable === 2)).toBe(true);
        expect(coefficients[0]?.[2]).toBe(0);
        const without = solveNormalEquations(gramOf(spread, 2), [right.slice(0, 2)]);
        expect(coefficients[0]?.slice(0, 2)).toEqual(without.coefficients[0]);
      }),
    );
  });

  it('says why', () => {
    const matrix = [
      [4, 0, 8],
      [0, 0, 0],
      [8, 0, 16],
    ];
    expect(solveNormalEquations(matrix, [[2, 0, 4]])).toEqual({
      coefficients: [[0.5, 0, 0]],
      dropped: [
        { variable: 1, reason: 'CONSTANT' },
        { variable: 2, reason: 'COLLINEAR' },
      ],
    });
    expect(solveNormalEquations([[1e-9]], [[1]], [1e-8]).dropped).toEqual([{ variable: 0, reason: 'CONSTANT' }]);
  });

  it('has nothing to solve without variables', () => {
    expect(solveNormalEquations([], [[]])).toEqual({ coefficients: [[]], dropped: [] });
  });

  it.each([
    ['a matrix that is not square', () => solveNormalEquations([[1, 2]], [[1]])],
    ['a right-hand side of another length', () => solveNormalEquations([[1]], [[1, 2]])],
    ['a number that is none', () => solveNormalEquations([[Number.NaN]], [[1]])],
  ])('refuses %s', (_, attempt) => {
    expect(attempt).toThrow(RangeError);
  });
});
