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
    expect(second).toMatchObject({ probabilities: [1 / 3, 1 / 3, 1 / 3] });
  });

  it("lets the model's own label output decide", () => {
    const decision = { name: 'label', datatype: 'INT64' as const, shape: [1], data: BigInt64Array.from([2n]) };
    const own: OutputPlan = { ...plan, decisionName: 'label', appliesSoftmax: false };
    expect(readAnswers(own, [...scores(0.5, 0.25, 0.25), decision], 1)).toMatchObject([{ classIndex: 2, label: 'c', confidence: 0.25 }]);
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
