import type { ReferenceRow } from '../../../src/drift/drift-store';
import { comparePredictionHistory } from '../../../src/drift/prediction-history';

function answers(count: number, more: (index: number) => Partial<ReferenceRow>): ReferenceRow[] {
  return Array.from({ length: count }, (_, i) => ({ inputFeatures: {}, label: null, confidence: null, correct: null, ...more(i) }));
}
const mix = (yesOfTen: number) => (i: number) => ({ label: i % 10 < yesOfTen ? 'yes' : 'no' });

describe('comparePredictionHistory', () => {
  it('sees that the newest answers are others than those before', () => {
    const rows = [...answers(200, mix(9)), ...answers(600, mix(3))];
    expect(comparePredictionHistory(rows, 200, 100)).toMatchObject({
      feature: { name: '@prediction' },
      referenceRows: 600,
      currentRows: 200,
    });
    expect(comparePredictionHistory(rows, 200, 100)?.pValue).toBeLessThan(1e-6);
  });

  it('sees nothing where nothing is', () => {
    expect(comparePredictionHistory(answers(800, mix(3)), 200, 100)?.pValue).toBeGreaterThan(0.9);
  });

  it('compares the values of a regression', () => {
    const rows = [...answers(200, (i) => ({ value: 100 + i })), ...answers(400, (i) => ({ value: i % 50 }))];
    expect(comparePredictionHistory(rows, 200, 100)?.pValue).toBeLessThan(1e-6);
  });

  it('says nothing with too few rows or without answers', () => {
    expect(comparePredictionHistory(answers(299, mix(3)), 200, 100)).toBeNull();
    expect(comparePredictionHistory([], 200, 100)).toBeNull();
    expect(
      comparePredictionHistory(
        answers(400, () => ({})),
        200,
        100,
      ),
    ).toBeNull();
  });
});
