import type { OutputPlan } from '../../../src/inference/output-plan';
import { readAnswers } from '../../../src/inference/read-answer';

const plan: OutputPlan = {
  task: 'classification',
  scoresName: 'scores',
  decisionName: null,
  decisionValues: ['0', '1', '2'],
  classLabels: ['a', 'b', 'c'],
  appliesSoftmax: true,
};
const scores = (...data: number[]) => [
  { name: 'scores', datatype: 'FP32' as const, shape: [data.length / 3, 3], data: Float32Array.from(data) },
];

describe('readAnswers', () => {
  it('applies softmax without overflow, row by row', () => {
    const [first, second] = readAnswers(plan, scores(1000, 1000, -1000, 0, 0, 0), 2);
    expect(first).toMatchObject({ classIndex: 0, label: 'a', confidence: 0.5, probabilities: [0.5, 0.5, 0] });
    expect(second).toMatchObject({ probabilities: [1 / 3, 1 / 3, 1 / 3].map(Math.fround) });
  });

  it('decides by the scores, where their probabilities round to the same number', () => {
    const [close] = readAnswers(plan, scores(0, 2 ** -40, -1), 1);
    expect(close).toMatchObject({ classIndex: 1, label: 'b' });
  });

  it('keeps the digits of a model that computes in double precision', () => {
    const output = { name: 'scores', datatype: 'FP64' as const, shape: [1, 3], data: Float64Array.of(0, 0, 0) };
    expect(readAnswers(plan, [output], 1)).toMatchObject([{ probabilities: [1 / 3, 1 / 3, 1 / 3] }]);
  });

  it("lets the model's own label output decide", () => {
    const decision = { name: 'label', datatype: 'INT64' as const, shape: [1], data: BigInt64Array.from([2n]) };
    const own: OutputPlan = { ...plan, decisionName: 'label', appliesSoftmax: false };
    expect(readAnswers(own, [...scores(0.5, 0.25, 0.25), decision], 1)).toMatchObject([{ classIndex: 2, label: 'c', confidence: 0.25 }]);
  });

  it.each([
    ['a probability', false, 0.25, 0.25],
    ['a logit', true, Math.log(3), 0.75],
  ])('reads one column of two classes as %s of the second', (_, appliesSoftmax, score, expected) => {
    const binary: OutputPlan = { ...plan, classLabels: ['no', 'yes'], decisionValues: ['0', '1'], appliesSoftmax };
    const output = { name: 'scores', datatype: 'FP64' as const, shape: [1, 1], data: Float64Array.of(score) };
    expect(readAnswers(binary, [output], 1)).toMatchObject([
      { probabilities: [expect.closeTo(1 - expected, 12), expect.closeTo(expected, 12)] },
    ]);
  });

  it('refuses a batch whose output has other rows, rather than answer the wrong ones', () => {
    const turned = { name: 'scores', datatype: 'FP32' as const, shape: [3, 2], data: new Float32Array(6) };
    expect(() => readAnswers(plan, [turned], 2)).toThrow(RangeError);
    expect(readAnswers({ task: 'regression', valueName: 'scores' }, [turned], 1)).toEqual([expect.any(Error)]);
  });

  it('makes a row without sense an error, and not its neighbours', () => {
    const [bad, good] = readAnswers(plan, scores(Number.NaN, 0, 0, 0, 0, 0), 2);
    expect(bad).toBeInstanceOf(Error);
    expect(good).toMatchObject({ kind: 'classification' });
  });

  it('reads values of a regression', () => {
    const value = { name: 'y', datatype: 'FP32' as const, shape: [2, 1], data: Float32Array.from([1.5, Number.NaN]) };
    const [first, second] = readAnswers({ task: 'regression', valueName: 'y' }, [value], 2);
    expect(first).toEqual({ kind: 'regression', value: 1.5 });
    expect(second).toBeInstanceOf(Error);
  });
});
