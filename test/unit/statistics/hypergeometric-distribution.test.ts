import fc from 'fast-check';
import { hypergeometricCdf, hypergeometricProbability, hypergeometricSurvival } from '../../../src/statistics/hypergeometric-distribution';
import { relativeError } from './reference-numbers';

const urn = fc.integer({ min: 1, max: 400 }).chain((population) =>
  fc.record({
    population: fc.constant(population),
    successes: fc.integer({ min: 0, max: population }),
    draws: fc.integer({ min: 0, max: population }),
  }),
);

describe('the hypergeometric distribution', () => {
  it('has tails that are sums of its probabilities', () => {
    fc.assert(
      fc.property(urn, fc.integer({ min: 0, max: 400 }), (balls, k) => {
        const probabilities = Array.from({ length: balls.draws + 1 }, (_, j) => hypergeometricProbability(j, balls));
        const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(probabilities)).toBeCloseTo(1, 12);
        expect(hypergeometricCdf(k, balls) + hypergeometricSurvival(k, balls)).toBeCloseTo(1, 14);
        const [lower, upper] = [sum(probabilities.slice(0, k + 1)), sum(probabilities.slice(k + 1))];
        expect(Math.abs(hypergeometricCdf(k, balls) - lower)).toBeLessThan(1e-12 * lower + 1e-15);
        expect(Math.abs(hypergeometricSurvival(k, balls) - upper)).toBeLessThan(1e-12 * upper + 1e-15);
      }),
    );
  });

  it('does not care which of the two marks is called drawn', () => {
    fc.assert(
      fc.property(urn, fc.integer({ min: 0, max: 400 }), (balls, k) => {
        const exchanged = { population: balls.population, successes: balls.draws, draws: balls.successes };
        const [one, other] = [hypergeometricProbability(k, balls), hypergeometricProbability(k, exchanged)];
        expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-12 * one);
      }),
    );
  });

  it('is symmetric in an urn of halves, also one of two thousand million balls', () => {
    const balls = { population: 2e9, successes: 1e9, draws: 1e9 };
    const [below, above] = [hypergeometricCdf(5e8 - 1, balls), hypergeometricSurvival(5e8, balls)];
    expect(relativeError(below, above)).toBeLessThan(1e-12);
    expect(below + above + hypergeometricProbability(5e8, balls)).toBeCloseTo(1, 12);
  });

  it('is certain where there is no choice', () => {
    expect(hypergeometricProbability(5, { population: 10, successes: 5, draws: 10 })).toBe(1);
    expect(hypergeometricProbability(3, { population: 10, successes: 9, draws: 5 })).toBe(0);
    expect(hypergeometricProbability(0, { population: 0, successes: 0, draws: 0 })).toBe(1);
    const balls = { population: 10, successes: 9, draws: 5 };
    expect([-3, 2, 30].map((k) => hypergeometricCdf(k, balls))).toEqual([0, 0, 1]);
    expect([-3, 2, 30].map((k) => hypergeometricSurvival(k, balls))).toEqual([1, 1, 0]);
  });

  it.each([
    [1, 2.5, 1, 1, /^The population must be a whole number of at least 0, not 2.5\.$/],
    [1, -1, 1, 1, /^The population .*\.$/],
    [1, 5, 6, 1, /^The successes must be a whole number between 0 and the population of 5, not 6\.$/],
    [1, 5, 1, -1, /^The draws must be a whole number between 0 and the population of 5, not -1\.$/],
    [0.5, 5, 1, 1, /^The number of marked balls drawn must be a whole number, not 0.5\.$/],
  ])('refuses k = %s, population %s, successes %s, draws %s', (k, population, successes, draws, sentence) => {
    for (const refuse of [hypergeometricProbability, hypergeometricCdf, hypergeometricSurvival]) {
      expect(() => refuse(k, { population, successes, draws })).toThrow(RangeError);
      expect(() => refuse(k, { population, successes, draws })).toThrow(sentence);
    }
  });
});
