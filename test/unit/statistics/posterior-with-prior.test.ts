import fc from 'fast-check';
import { absolutePrior, chanceToWin, chanceToWinOfInterval, credibleInterval, posteriorWithPrior } from '../../../src/statistics/posterior';

const lift = fc.record({
  estimate: fc.double({ min: -5, max: 5, noNaN: true }),
  standardError: fc.double({ min: 1e-3, max: 10, noNaN: true }),
});
const prior = fc.record({
  mean: fc.double({ min: -5, max: 5, noNaN: true }),
  standardDeviation: fc.double({ min: 1e-3, max: 10, noNaN: true }),
});

describe('posteriorWithPrior', () => {
  it('lies between the data and the prior and is more certain than either', () => {
    fc.assert(
      fc.property(lift, prior, (data, belief) => {
        const posterior = posteriorWithPrior(data, belief);
        const slack = 1e-12 * (1 + Math.abs(data.estimate) + Math.abs(belief.mean));
        expect(posterior.estimate).toBeGreaterThanOrEqual(Math.min(data.estimate, belief.mean) - slack);
        expect(posterior.estimate).toBeLessThanOrEqual(Math.max(data.estimate, belief.mean) + slack);
        expect(posterior.standardError).toBeLessThanOrEqual(Math.min(data.standardError, belief.standardDeviation));
      }),
    );
  });

  it('learns the same from two experiments one after the other as from both', () => {
    fc.assert(
      fc.property(lift, lift, prior, (first, second, belief) => {
        const step = posteriorWithPrior(first, belief);
        const oneByOne = posteriorWithPrior(second, { mean: step.estimate, standardDeviation: step.standardError });
        const both = posteriorWithPrior(first, { mean: second.estimate, standardDeviation: second.standardError });
        const together = posteriorWithPrior(both, belief);
        expect(oneByOne.estimate).toBeCloseTo(together.estimate, 9);
        expect(oneByOne.standardError / together.standardError).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is the same on both scales when the prior is taken along', () => {
    fc.assert(
      fc.property(lift, prior, fc.double({ min: 0.1, max: 100, noNaN: true }), (relative, belief, base) => {
        const absolute = { estimate: relative.estimate * base, standardError: relative.standardError * base };
        const onRelative = posteriorWithPrior(relative, belief);
        const onAbsolute = posteriorWithPrior(absolute, absolutePrior(belief, -base));
        expect(onAbsolute.estimate / base).toBeCloseTo(onRelative.estimate, 9);
        expect(chanceToWin(onAbsolute)).toBeCloseTo(chanceToWin(onRelative), 7);
      }),
    );
  });

  it('is the data where they have no spread', () => {
    expect(posteriorWithPrior({ estimate: 2, standardError: 0 }, { mean: 0, standardDeviation: 1 })).toEqual({
      estimate: 2,
      standardError: 0,
    });
  });

  it.each([
    [
      { estimate: Number.NaN, standardError: 1 },
      { mean: 0, standardDeviation: 1 },
    ],
    [
      { estimate: 0, standardError: -1 },
      { mean: 0, standardDeviation: 1 },
    ],
    [
      { estimate: 0, standardError: 1 },
      { mean: Number.NaN, standardDeviation: 1 },
    ],
    [
      { estimate: 0, standardError: 1 },
      { mean: 0, standardDeviation: 0 },
    ],
  ])('refuses %j with %j', (data, belief) => {
    expect(() => posteriorWithPrior(data, belief)).toThrow(RangeError);
  });

  it.each([0, Number.NaN, Infinity])('has no absolute prior at a control mean of %s', (mean) => {
    expect(() => absolutePrior({ mean: 0, standardDeviation: 1 }, mean)).toThrow(RangeError);
  });
});

describe('credibleInterval', () => {
  it('holds what it says, and gives the chance to win back', () => {
    fc.assert(
      fc.property(lift, fc.double({ min: 1e-6, max: 0.9, noNaN: true }), (posterior, alpha) => {
        const { lower, upper } = credibleInterval(posterior, alpha);
        expect(chanceToWin({ ...posterior, estimate: posterior.estimate - lower })).toBeCloseTo(1 - alpha / 2, 8);
        const again = chanceToWinOfInterval({ estimate: posterior.estimate, lower, upper, alpha });
        expect(again).toBeCloseTo(chanceToWin(posterior), 5);
      }),
    );
  });

  it('refuses an alpha of 0 and an interval that runs backwards', () => {
    expect(() => credibleInterval({ estimate: 0, standardError: 1 }, 0)).toThrow(RangeError);
    expect(() => chanceToWinOfInterval({ estimate: 0, lower: 1, upper: -1, alpha: 0.05 })).toThrow(RangeError);
    expect(() => chanceToWinOfInterval({ estimate: 0, lower: -1, upper: 1, alpha: 1 })).toThrow(RangeError);
  });
});
