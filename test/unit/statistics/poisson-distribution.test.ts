import fc from 'fast-check';
import { binomialSurvival } from '../../../src/statistics/binomial-distribution';
import { chiSquaredCdf } from '../../../src/statistics/chi-squared-distribution';
import { gammaPower } from '../../../src/statistics/gamma-power';
import { poissonCdf, poissonProbability, poissonSurvival } from '../../../src/statistics/poisson-distribution';
import { relativeError } from './reference-numbers';

describe('the Poisson distribution', () => {
  it('has a lower tail that is the sum of its probabilities', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.double({ min: 1e-3, max: 60, noNaN: true }), (k, mean) => {
        const sum = Array.from({ length: k + 1 }, (_, j) => poissonProbability(j, mean)).reduce((total, value) => total + value, 0);
        expect(relativeError(poissonCdf(k, mean), sum)).toBeLessThan(1e-12);
        expect(poissonSurvival(k, mean)).toBeCloseTo(1 - sum, 12);
      }),
    );
  });

  it('steps by its probability from k to k + 1, for any mean', () => {
    const mean = fc.double({ min: 0, max: 9, noNaN: true }).map((power) => 10 ** power);
    fc.assert(
      fc.property(mean, fc.double({ min: -5, max: 5, noNaN: true }), (mu, deviations) => {
        const k = Math.max(0, Math.round(mu + deviations * Math.sqrt(mu)));
        const step = poissonProbability(k + 1, mu);
        expect(relativeError(poissonCdf(k + 1, mu), poissonCdf(k, mu) + step)).toBeLessThan(1e-12);
        expect(relativeError(poissonSurvival(k, mu), poissonSurvival(k + 1, mu) + step)).toBeLessThan(1e-12);
      }),
    );
  });

  it('is a tail of the chi-squared distribution, and the limit of the binomial one', () => {
    expect(relativeError(poissonSurvival(7, 4), chiSquaredCdf(8, 16))).toBeLessThan(1e-14);
    expect(relativeError(binomialSurvival(7, 1e12, 4e-12), poissonSurvival(7, 4))).toBeLessThan(1e-10);
  });

  it('is certain at the ends', () => {
    expect([poissonProbability(-1, 2), poissonCdf(-1, 2), poissonSurvival(-1, 2)]).toEqual([0, 0, 1]);
    expect([poissonProbability(0, 0), poissonProbability(3, 0), poissonCdf(0, 0), poissonSurvival(0, 0)]).toEqual([1, 0, 1, 0]);
    expect([gammaPower(3, 0), gammaPower(3, Infinity)]).toEqual([0, 0]);
  });

  it.each([
    [0.5, 1, /^A Poisson count must be a whole number, not 0.5\.$/],
    [1, -1, /^A Poisson mean must be finite and at least 0, not -1\.$/],
    [1, Infinity, /^A Poisson mean must be finite and at least 0, not Infinity\.$/],
    [1, Number.NaN, /^A Poisson mean .*\.$/],
  ])('refuses k = %s, mean = %s', (k, mean, sentence) => {
    for (const refuse of [poissonProbability, poissonCdf, poissonSurvival]) {
      expect(() => refuse(k, mean)).toThrow(RangeError);
      expect(() => refuse(k, mean)).toThrow(sentence);
    }
  });
});
