import fc from 'fast-check';
import { binaryScores, f1Estimate } from '../../../src/statistics/binary-confusion';
import { macroF1Estimate, multiclassScores } from '../../../src/statistics/confusion-matrix';
import { minstd } from './reference-numbers';

const squares = fc.integer({ min: 1, max: 5 }).chain((size) => {
  const row = fc.array(fc.nat(30), { minLength: size, maxLength: size });
  return fc.array(row, { minLength: size, maxLength: size });
});

describe('multiclassScores', () => {
  it('of three classes, by hand', () => {
    const scores = multiclassScores([
      [8, 1, 1],
      [2, 6, 2],
      [0, 3, 7],
    ]);
    expect(scores.accuracy).toBe(0.7);
    expect(scores.classes.map(({ precision }) => precision)).toEqual([0.8, 0.6, 0.7]);
    expect(scores.classes.map(({ recall }) => recall)).toEqual([0.8, 0.6, 0.7]);
    expect(scores.macroF1).toBeCloseTo(0.7, 14);
    expect(scores.classes.map(({ support }) => support)).toEqual([10, 10, 10]);
  });

  it('counts a class that was never predicted as 0 in the means, and leaves out one that does not exist', () => {
    const scores = multiclassScores([
      [8, 0, 0],
      [2, 0, 0],
      [0, 0, 0],
    ]);
    expect(scores.classes.map(({ precision }) => precision)).toEqual([0.8, null, null]);
    expect(scores.macroPrecision).toBe(0.4);
    expect(scores.macroRecall).toBe(0.5);
    expect(multiclassScores([[0]])).toMatchObject({ accuracy: null, macroF1: null });
  });

  it('agrees with the four counts of each class against the rest', () => {
    fc.assert(
      fc.property(squares, (matrix) => {
        const { classes } = multiclassScores(matrix);
        const total = matrix.flat().reduce((sum, count) => sum + count, 0);
        classes.forEach((scores, k) => {
          const truePositives = matrix[k]?.[k] as number;
          const actual = (matrix[k] as number[]).reduce((sum, count) => sum + count, 0);
          const said = matrix.reduce((sum, row) => sum + (row[k] as number), 0);
          const counts = { truePositives, falsePositives: said - truePositives, falseNegatives: actual - truePositives };
          const binary = binaryScores({ ...counts, trueNegatives: total - said - actual + truePositives });
          expect([scores.precision, scores.recall, scores.f1]).toEqual([binary.precision, binary.recall, binary.f1]);
        });
      }),
    );
  });

  it.each([[[[1, 2]]], [[[1, 2], [3]]], [[[1.5]]], [[[-1]]]])('refuses %j', (matrix) => {
    expect(() => multiclassScores(matrix)).toThrow(RangeError);
  });
});

describe('macroF1Estimate', () => {
  it('has the standard error that resampling shows', () => {
    const matrix = [
      [60, 10, 5],
      [8, 30, 7],
      [2, 6, 22],
    ];
    const total = 150;
    const random = minstd(99);
    const flat = matrix.flat();
    const cumulative = flat.map((_, cell) => flat.slice(0, cell + 1).reduce((sum, count) => sum + count, 0) / total);
    const resampled = Array.from({ length: 2_000 }, () => {
      const counts = flat.map(() => 0);
      for (let i = 0; i < total; i++) {
        const u = random();
        const cell = cumulative.findIndex((sum) => u < sum);
        counts[cell] = (counts[cell] as number) + 1;
      }
      return multiclassScores([counts.slice(0, 3), counts.slice(3, 6), counts.slice(6)]).macroF1 as number;
    });
    const mean = resampled.reduce((sum, value) => sum + value, 0) / resampled.length;
    const deviation = Math.sqrt(resampled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (resampled.length - 1));
    const standardError = macroF1Estimate(matrix)?.standardError ?? Number.NaN;
    expect(Math.abs(standardError / deviation - 1)).toBeLessThan(0.06);
  });

  it('is half of the F1 of the only class that is not 0, when the other one is always missed', () => {
    // Class 1 has only misses, and they are all false positives of class 0.
    const macro = macroF1Estimate([
      [40, 0],
      [10, 0],
    ]);
    const binary = f1Estimate({ truePositives: 40, falsePositives: 10, falseNegatives: 0, trueNegatives: 0 });
    expect(macro?.mean).toBeCloseTo((binary?.mean ?? 0) / 2, 14);
    expect(macro?.standardError).toBeCloseTo((binary?.standardError ?? 0) / 2, 14);
  });

  it('does not depend on the order of the classes, and shrinks with the root of the counts', () => {
    fc.assert(
      fc.property(squares, (matrix) => {
        const estimate = macroF1Estimate(matrix);
        const reversed = macroF1Estimate(matrix.map((row) => [...row].reverse()).reverse());
        expect(reversed?.standardError ?? 0).toBeCloseTo(estimate?.standardError ?? 0, 12);
        const fourfold = macroF1Estimate(matrix.map((row) => row.map((count) => 4 * count)));
        expect(fourfold?.standardError ?? 0).toBeCloseTo((estimate?.standardError ?? 0) / 2, 12);
      }),
    );
  });
});
