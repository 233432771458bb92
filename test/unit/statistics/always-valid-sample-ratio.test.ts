import fc from 'fast-check';
import { alwaysValidSampleRatio } from '../../../src/statistics/always-valid-sample-ratio';
import { logMultinomialEValue } from '../../../src/statistics/multinomial-e-value';
import { sampleRatioMismatch } from '../../../src/statistics/sample-ratio-mismatch';
import { minstd, referenceNumbers, relativeError } from './reference-numbers';

const { sampleRatio } = referenceNumbers<{
  sampleRatio: { observed: number[]; weights: number[]; concentration: number; logEValue: number; pValue: number }[];
}>('sequential-tests');

const someArms = fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 20 })), { minLength: 2, maxLength: 6 });

describe('alwaysValidSampleRatio', () => {
  it.each(sampleRatio)('has the e-value and p of $observed at $weights', ({ logEValue, pValue, ...look }) => {
    const evidence = alwaysValidSampleRatio(look);
    expect(relativeError(evidence.logEValue, logEValue)).toBeLessThan(1e-12);
    expect(relativeError(evidence.pValueOfLook, pValue)).toBeLessThan(1e-12);
    expect(evidence.pValue).toBe(evidence.pValueOfLook);
  });

  it('depends on the proportions of the weights only, not on the order of the arms, and never raises p', () => {
    fc.assert(
      fc.property(someArms, fc.double({ min: 0, max: 1, noNaN: true }), (arms, previousPValue) => {
        const [observed, weights] = [arms.map(([n]) => n), arms.map(([, w]) => w)];
        const forth = alwaysValidSampleRatio({ observed, weights, previousPValue });
        const back = alwaysValidSampleRatio({
          observed: [...observed].reverse(),
          weights: weights.map((w) => w / 7).reverse(),
          previousPValue,
        });
        expect(Math.abs(forth.logEValue - back.logEValue)).toBeLessThan(1e-9 * (1 + Math.abs(forth.logEValue)));
        expect(forth.pValue).toBe(Math.min(previousPValue, forth.pValueOfLook));
      }),
    );
  });

  it('is a fair bet: over the next unit the e-value keeps its mean', () => {
    const anArm = fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(
        fc.array(anArm, { minLength: 2, maxLength: 5 }),
        fc.double({ min: 0.01, max: 1_000, noNaN: true }),
        (arms, concentration) => {
          const counts = arms.map(([n]) => n);
          const total = arms.reduce((sum, [, weight]) => sum + weight, 0);
          const shares = arms.map(([, weight]) => weight / total);
          const now = logMultinomialEValue(counts, shares, concentration);
          const then = shares.map((_, arm) =>
            logMultinomialEValue(
              counts.map((count, at) => count + Number(at === arm)),
              shares,
              concentration,
            ),
          );
          const growth = shares.reduce((sum, share, arm) => sum + share * Math.exp((then[arm] as number) - now), 0);
          expect(growth).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it('keeps its digits among 10 million units', () => {
    // By mpmath with 60 digits.
    expect(logMultinomialEValue([5_003_000, 4_997_000], [0.5, 0.5], 200)).toBeCloseTo(-3.6111848231911, 11);
  });

  it('is certain when an arm of weight 0 has units, and else leaves it out', () => {
    expect(alwaysValidSampleRatio({ observed: [5, 5, 1], weights: [1, 1, 0] })).toMatchObject({ logEValue: Infinity, pValue: 0 });
    const two = alwaysValidSampleRatio({ observed: [500, 400], weights: [1, 1] });
    expect(alwaysValidSampleRatio({ observed: [500, 0, 400], weights: [1, 0, 1] })).toEqual(two);
    expect(alwaysValidSampleRatio({ observed: [500], weights: [1] }).pValue).toBe(1);
  });

  it('errs at most as often as alpha says over 200 looks, where the chi-square errs far more often', () => {
    const [alpha, runs, random] = [0.05, 200, minstd(20_240_611)];
    let [ours, chiSquare] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const observed = [0, 0, 0];
      const weights = [0.5, 0.3, 0.2];
      let [pValue, least] = [1, 1];
      for (let unit = 1; unit <= 5_000; unit++) {
        const draw = random();
        const arm = draw < 0.5 ? 0 : draw < 0.8 ? 1 : 2;
        observed[arm] = (observed[arm] as number) + 1;
        if (unit % 25 !== 0) continue;
        pValue = alwaysValidSampleRatio({ observed, weights, previousPValue: pValue }).pValue;
        least = Math.min(least, sampleRatioMismatch(observed, weights).pValue);
      }
      ours += Number(pValue <= alpha);
      chiSquare += Number(least <= alpha);
    }
    expect(ours / runs).toBeLessThanOrEqual(alpha + 2 * Math.sqrt((alpha * (1 - alpha)) / runs));
    expect(chiSquare / runs).toBeGreaterThan(0.25);
  });

  it.each([
    { observed: [1] },
    { observed: [1, -1] },
    { weights: [1, Number.NaN] },
    { weights: [0, 0] },
    { concentration: 0 },
    { previousPValue: 2 },
  ])('refuses %j', (change) => {
    expect(() => alwaysValidSampleRatio({ observed: [1, 2], weights: [1, 1], ...change })).toThrow(RangeError);
  });

  it.each([
    [[1], [0.5, 0.5], 1],
    [[1, 1], [0.5, 0.4], 1],
    [[1, 1], [1, 0], 1],
    [[-1, 1], [0.5, 0.5], 1],
    [[1, 1], [0.5, 0.5], Number.NaN],
  ])('the e-value refuses %j against %j with %j', (counts, shares, concentration) => {
    expect(() => logMultinomialEValue(counts, shares, concentration)).toThrow(RangeError);
  });
});
