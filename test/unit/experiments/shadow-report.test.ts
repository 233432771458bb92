import type { PairedArm } from '../../../src/experiments/paired-sums';
import { shadowReport } from '../../../src/experiments/shadow-report';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';

/** Ten inputs of ten units: both were right about seven. */
function arm(counts: Partial<PairedArm['counts']> = {}): PairedArm {
  const pairs = (values: readonly (readonly [number, number])[]) =>
    MomentMatrix.of(values.map(([control, treatment]) => [1, control, treatment]));
  const correct = Array.from({ length: 10 }, (_, index) => [Number(index < 8), Number(index !== 7 && index !== 9)] as const);
  return {
    variant: 'cnn',
    moments: {
      accuracy: pairs(correct),
      error_rate: pairs(correct.map(() => [0, 0])),
      latency_ms: pairs(correct.map((_, index) => [2 + (index % 2), 4])),
      agreement: pairs(correct.map((_, index) => [1, Number(index < 8)])),
    },
    counts: { correct: [], class: [], confidence: [], ...counts },
  };
}

describe('shadowReport', () => {
  it('counts inputs, and tells who was right', () => {
    const correct = [
      { controlBin: 1, treatmentBin: 1, pairs: 7 },
      { controlBin: 1, treatmentBin: 0, pairs: 1 },
      { controlBin: 0, treatmentBin: 1, pairs: 1 },
      { controlBin: 0, treatmentBin: 0, pairs: 1 },
    ];
    const report = shadowReport(arm({ correct }), 'accuracy', 20);
    expect(report).toMatchObject({ variant: 'cnn', pairs: 10, coverage: 0.5, serviceMs: { control: 2.5, treatment: 4 } });
    expect(report.correctness).toMatchObject({
      bothCorrect: 7,
      onlyControlCorrect: 1,
      onlyTreatmentCorrect: 1,
      neitherCorrect: 1,
      exactPValue: 1,
    });
  });

  it('says what an A/B test would have needed: two arms, each with the variance of its own', () => {
    const { varianceRatio, unitsOfSplit } = shadowReport(arm(), 'accuracy', 10);
    // Variances .16 and .16 (of ten), covariance .06: (.32 - .12) / .32.
    expect(varianceRatio).toBeCloseTo(0.625, 9);
    expect(unitsOfSplit).toBeCloseTo(20 / 0.625, 9);
  });

  it('goes by labels for the agreement, and has no kappa where the versions number their classes differently', () => {
    const joint = [
      { controlBin: 0, treatmentBin: 0, pairs: 4 },
      { controlBin: 1, treatmentBin: 1, pairs: 4 },
      { controlBin: 0, treatmentBin: 1, pairs: 2 },
    ];
    expect(shadowReport(arm({ class: joint }), 'accuracy', 10).agreement).toMatchObject({
      agreement: 0.8,
      pairs: 10,
      kappa: expect.closeTo(0.6, 1),
    });
    expect(shadowReport(arm({ class: joint.slice(1) }), 'accuracy', 10).agreement).toEqual({ agreement: 0.8, kappa: null, pairs: 10 });
  });

  it('is silent about what no pair has told', () => {
    const empty = { variant: 'cnn', moments: {}, counts: { correct: [], class: [], confidence: [] } };
    expect(shadowReport(empty, 'accuracy', 0)).toEqual({
      ...{ variant: 'cnn', pairs: 0, coverage: null, correctness: null, agreement: null, confidenceShift: null },
      ...{ serviceMs: null, varianceRatio: null, unitsOfSplit: null },
    });
  });
});
