import fc from 'fast-check';
import { classifierReport } from '../../../src/experiments/classifier-report';
import { classifierCells } from '../../../src/experiments/classifier-tally';
import { type ScorableAnswer, scoredClass } from '../../../src/experiments/label-score';
import { multiclassScores } from '../../../src/statistics/confusion-matrix';
import { logLoss, multiclassBrierScore } from '../../../src/statistics/proper-score';
import { rocAuc } from '../../../src/statistics/roc-auc';

interface Labelled {
  readonly truth: number;
  readonly answer: ScorableAnswer;
}

const [control, treatment] = ['control', 'cnn'].map((key, index) => ({
  key,
  name: key,
  version: '1',
  weight: 0.5,
  isControl: index === 0,
}));

function tallyOf(labelled: readonly Labelled[]): Map<number, number> {
  const tally = new Map<number, number>();
  for (const { truth, answer } of labelled)
    for (const [cell, amount] of classifierCells(truth, answer)) tally.set(cell, (tally.get(cell) ?? 0) + amount);
  return tally;
}

function labelledOf(classes: number): fc.Arbitrary<Labelled> {
  const weight = fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x ** 4 + 1e-9);
  return fc.record({ truth: fc.nat(classes - 1), weights: fc.array(weight, { minLength: classes, maxLength: classes }) }).map((one) => {
    const sum = one.weights.reduce((total, x) => total + x, 0);
    const probabilities = one.weights.map((x) => x / sum);
    const confidence = Math.max(...probabilities);
    return { truth: one.truth, answer: { classIndex: probabilities.indexOf(confidence), confidence, probabilities } };
  });
}

function report(labelled: readonly Labelled[], base: readonly Labelled[] = [], classLabels: readonly string[] | null = ['a', 'b', 'c']) {
  const arms = [
    { variant: control as NonNullable<typeof control>, classLabels, tally: tallyOf(base) },
    { variant: treatment as NonNullable<typeof treatment>, classLabels, tally: tallyOf(labelled) },
  ];
  return classifierReport(arms).find(({ variant }) => variant === 'cnn');
}

it('is what the predictions themselves say', () => {
  fc.assert(
    fc.property(fc.array(labelledOf(3), { minLength: 1, maxLength: 60 }), (labelled) => {
      const found = report(labelled) as NonNullable<ReturnType<typeof report>>;
      const n = labelled.length;
      const matrix = [0, 1, 2].map((i) =>
        [0, 1, 2].map((j) => labelled.filter(({ truth, answer }) => truth === i && answer.classIndex === j).length),
      );
      expect(found.confusion.map(({ counts }) => counts)).toEqual(matrix);
      const scores = multiclassScores(matrix);
      expect([found.accuracy, found.macroPrecision, found.macroRecall, found.macroF1]).toEqual([
        scores.accuracy,
        scores.macroPrecision,
        scores.macroRecall,
        scores.macroF1,
      ]);
      const meanOf = (score: (one: Labelled) => number) => labelled.reduce((sum, one) => sum + score(one), 0) / n;
      expect(found.logLoss).toBeCloseTo(
        meanOf(({ truth, answer }) => logLoss(answer.probabilities[truth] as number)),
        5,
      );
      expect(found.brierScore).toBeCloseTo(
        meanOf(({ truth, answer }) => multiclassBrierScore(answer.probabilities, truth)),
        5,
      );
      for (const [k, { label, auc, support }] of found.classes.entries()) {
        const scoresWhere = (isPositive: boolean) =>
          labelled.filter(({ truth }) => (truth === k) === isPositive).map(({ answer }) => answer.probabilities[k] as number);
        const raw = rocAuc({ positives: scoresWhere(true), negatives: scoresWhere(false) });
        expect([label, support]).toEqual([['a', 'b', 'c'][k], scoresWhere(true).length]);
        expect(auc === null).toBe(raw === null);
        if (auc && raw) expect(auc.auc.lower <= raw.mean && raw.mean <= auc.auc.upper).toBe(true);
      }
    }),
  );
});

it('is taken out without a trace', () => {
  fc.assert(
    fc.property(fc.array(labelledOf(3), { maxLength: 20 }), labelledOf(3), (labelled, corrected) => {
      const tally = tallyOf([...labelled, corrected]);
      for (const [cell, amount] of classifierCells(corrected.truth, corrected.answer)) tally.set(cell, (tally.get(cell) ?? 0) - amount);
      const left = new Map([...tally].filter(([, amount]) => amount !== 0));
      expect(left).toEqual(new Map([...tallyOf(labelled)].filter(([, amount]) => amount !== 0)));
    }),
  );
});

it('compares areas with the control', () => {
  const sure: ScorableAnswer = { classIndex: 1, confidence: 0.9, probabilities: [0.1, 0.9] };
  const unsure: ScorableAnswer = { classIndex: 0, confidence: 0.8, probabilities: [0.8, 0.2] };
  const times = (count: number, one: Labelled) => Array.from({ length: count }, () => one);
  const good = [...times(50, { truth: 1, answer: sure }), ...times(50, { truth: 0, answer: unsure })];
  const guess = [
    ...good.slice(0, 25),
    ...good.slice(50, 75),
    ...times(25, { truth: 0, answer: sure }),
    ...times(25, { truth: 1, answer: unsure }),
  ];
  const found = report(good, guess, ['no', 'yes']);
  expect(found?.auc).toMatchObject({ auc: { estimate: 1, upper: 1 }, difference: { estimate: 0.5, level: 0.95 } });
  expect(found?.classes[1]?.auc?.difference?.lower).toBeGreaterThan(0);
  expect(found?.expectedCalibrationError).toBeCloseTo(0.15, 9);
  expect(report(good, [], ['no', 'yes'])?.auc?.difference).toBeNull();
});

it('tells twenty classes apart, and names those it cannot', () => {
  const probabilities = Array.from({ length: 30 }, () => 1 / 30);
  const at = (truth: number, classIndex: number): Labelled => ({ truth, answer: { classIndex, confidence: 1 / 30, probabilities } });
  const found = report([at(25, 25), at(3, 29), at(25, 26)], [], null);
  expect(found?.accuracy).toBeCloseTo(1 / 3, 12);
  expect(found?.classes).toHaveLength(21);
  expect(found?.classes[20]).toMatchObject({ label: '(other)', support: 2, auc: null });
  expect(found?.confusion[3]?.counts[20]).toBe(1);
  expect(found?.classes[3]?.label).toBe('3');
});

it('is of those alone that have labels', () => {
  expect(report([])).toBeUndefined();
});

describe('scoredClass', () => {
  const answer: ScorableAnswer = { classIndex: 0, confidence: 0.6, probabilities: [0.6, 0.4] };

  it('is the class that a label names, if it is known', () => {
    expect(scoredClass({ kind: 'class', classIndex: 1 }, answer)).toBe(1);
    expect(scoredClass({ kind: 'label', label: 'dog', classIndex: 1 }, answer)).toBe(1);
  });

  it.each([
    ['a class that is none', { kind: 'class', classIndex: 2 } as const, answer],
    ['a text alone', { kind: 'label', label: 'dog' } as const, answer],
    ['a value', { kind: 'value', value: 1 } as const, answer],
    ['no answer', { kind: 'class', classIndex: 1 } as const, null],
    ['probabilities that are none', { kind: 'class', classIndex: 1 } as const, { ...answer, probabilities: [-0.2, 1.2] }],
    ['probabilities that were not kept', { kind: 'class', classIndex: 0 } as const, { ...answer, probabilities: [] }],
  ])('is nothing for %s', (_, truth, given) => {
    expect(scoredClass(truth, given)).toBeNull();
  });
});
