import fc from 'fast-check';
import { binomialCdf, binomialProbability, binomialSurvival } from '../../../src/statistics/binomial-distribution';
import { relativeError } from './reference-numbers';

const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });

describe('the binomial distribution', () => {
  it('has tails that are sums of its probabilities', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), share, (n, seed, p) => {
        const k = seed % n;
        const probabilities = Array.from({ length: n + 1 }, (_, j) => binomialProbability(j, n, p));
        const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(probabilities)).toBeCloseTo(1, 12);
        const [lower, upper] = [sum(probabilities.slice(0, k + 1)), sum(probabilities.slice(k + 1))];
        fc.pre(Math.min(lower, upper) > 1e-290);
        expect(relativeError(binomialCdf(k, n, p), lower)).toBeLessThan(1e-12);
        expect(relativeError(binomialSurvival(k, n, p), upper)).toBeLessThan(1e-12);
      }),
    );
  });

  it('has probabilities whose ratio is (n - k) p / ((k + 1) q), for any n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e9 }), share, fc.double({ min: -3, max: 3, noNaN: true }), (n, p, deviations) => {
        const k = Math.round(n * p + deviations * Math.sqrt(n * p * (1 - p)));
        fc.pre(k >= 0 && k < n);
        const ratio = binomialProbability(k + 1, n, p) / binomialProbability(k, n, p);
        expect(relativeError(ratio, ((n - k) / (k + 1)) * (p / (1 - p)))).toBeLessThan(1e-12);
      }),
    );
  });

  it('changes its tails when successes and failures do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.nat(), fc.integer({ min: 1, max: 1023 }), (n, seed, p) => {
        const k = seed % n;
        const share = p / 1024;
        expect(relativeError(binomialSurvival(k, n, share), binomialCdf(n - k - 1, n, 1 - share))).toBeLessThan(1e-12);
      }),
    );
  });

  it('is certain at the ends', () => {
    expect([-1, 5, 9].map((k) => binomialCdf(k, 5, 0.3))).toEqual([0, 1, 1]);
    expect([-1, 5, 9].map((k) => binomialSurvival(k, 5, 0.3))).toEqual([1, 0, 0]);
    expect([-1, 6].map((k) => binomialProbability(k, 5, 0.3))).toEqual([0, 0]);
    expect([0, 3, 5].map((k) => binomialProbability(k, 5, 0))).toEqual([1, 0, 0]);
    expect([0, 3, 5].map((k) => binomialProbability(k, 5, 1))).toEqual([0, 0, 1]);
    expect([binomialCdf(3, 5, 0), binomialCdf(3, 5, 1), binomialProbability(0, 0, 0.3)]).toEqual([1, 0, 1]);
  });

  it.each([
    [1, 2.5, 0.5, /^The number of trials must be a whole number of at least 0, not 2.5\.$/],
    [1, -1, 0.5, /^The number of trials .*\.$/],
    [0.5, 2, 0.5, /^The number of successes must be a whole number, not 0.5\.$/],
    [1, 2, 1.5, /^A probability must lie between 0 and 1, not 1.5\.$/],
    [1, 2, Number.NaN, /^A probability must lie between 0 and 1, not NaN\.$/],
  ])('refuses k = %s, n = %s, p = %s', (k, n, p, sentence) => {
    for (const refuse of [binomialProbability, binomialCdf, binomialSurvival]) {
      expect(() => refuse(k, n, p)).toThrow(RangeError);
      expect(() => refuse(k, n, p)).toThrow(sentence);
    }
  });
});
