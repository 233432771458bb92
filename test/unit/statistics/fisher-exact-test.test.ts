import fc from 'fast-check';
import { fisherExactTest } from '../../../src/statistics/fisher-exact-test';
import { hypergeometricProbability } from '../../../src/statistics/hypergeometric-distribution';
import { relativeError } from './reference-numbers';
import { twoSample } from './two-sample-numbers';

const proportions = fc
  .integer({ min: 0, max: 40 })
  .chain((trials) => fc.record({ trials: fc.constant(trials), successes: fc.nat(trials) }));

describe('fisherExactTest', () => {
  it.each(twoSample.fisher)('$id', ({ table: [[a, b], [c, d]], expected }) => {
    const [treatment, control] = [
      { successes: a, trials: a + b },
      { successes: c, trials: c + d },
    ];
    expect(relativeError(fisherExactTest(control, treatment), expected.p_two_sided)).toBeLessThan(1e-10);
    expect(relativeError(fisherExactTest(control, treatment, 'LESS'), expected.p_less)).toBeLessThan(1e-10);
    expect(relativeError(fisherExactTest(control, treatment, 'GREATER'), expected.p_greater)).toBeLessThan(1e-10);
  });

  it('is the sum over the tables that are at most as likely', () => {
    fc.assert(
      fc.property(proportions, proportions, (control, treatment) => {
        const urn = {
          population: control.trials + treatment.trials,
          successes: control.successes + treatment.successes,
          draws: treatment.trials,
        };
        const all = Array.from({ length: treatment.trials + 1 }, (_, count) => hypergeometricProbability(count, urn));
        const observed = all[treatment.successes] as number;
        const sum = all
          .filter((probability) => probability <= observed * (1 + 1e-9))
          .reduce((total, probability) => total + probability, 0);
        expect(fisherExactTest(control, treatment)).toBeCloseTo(Math.min(1, sum), 10);
        expect(fisherExactTest(treatment, control)).toBeCloseTo(Math.min(1, sum), 10);
      }),
    );
  });

  it('sees nothing in an arm without trials, or in outcomes that are all alike', () => {
    expect(fisherExactTest({ successes: 0, trials: 0 }, { successes: 3, trials: 5 })).toBe(1);
    expect(fisherExactTest({ successes: 0, trials: 9 }, { successes: 0, trials: 5 })).toBe(1);
    expect(() => fisherExactTest({ successes: 2, trials: 1 }, { successes: 0, trials: 5 })).toThrow(RangeError);
  });
});
