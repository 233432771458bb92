import fc from 'fast-check';
import { bernoulliLogEvidence } from '../../../src/statistics/bernoulli-confidence-sequence';
import { bernoulliDifferenceSequence, leastLogEvidence } from '../../../src/statistics/bernoulli-difference-sequence';
import { minstd } from './reference-numbers';

const anArm = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([units, share]) => ({ units, successes: Math.round(units * share) }));
const options = { alpha: 0.05, tuningUnits: 200 };
const concentration = 20;

describe('bernoulliDifferenceSequence', () => {
  it('finds the least evidence that a fine grid finds', () => {
    const [control, treatment] = [
      { successes: 3, units: 60 },
      { successes: 21, units: 70 },
    ];
    for (const difference of [-0.3, 0, 0.1, 0.25, 0.8]) {
      let least = Infinity;
      for (let step = 0; step <= 2_000; step++) {
        const x = Math.max(0, -difference) + (step / 2_000) * (1 - Math.abs(difference));
        const ofControl = bernoulliLogEvidence(x, { ones: 3, zeros: 57, concentration });
        least = Math.min(least, ofControl + bernoulliLogEvidence(x + difference, { ones: 21, zeros: 49, concentration }));
      }
      expect(Math.abs(leastLogEvidence(control, treatment, { difference, concentration }) - least)).toBeLessThan(1e-4);
    }
  });

  it('holds the estimate, and excludes 0 exactly when p is below alpha', () => {
    fc.assert(
      fc.property(anArm, anArm, (control, treatment) => {
        const { lower, upper, pValue } = bernoulliDifferenceSequence(control, treatment, options);
        const estimate = treatment.successes / treatment.units - control.successes / control.units;
        expect(lower).toBeLessThanOrEqual(estimate);
        expect(upper).toBeGreaterThanOrEqual(estimate);
        expect(lower).toBeGreaterThanOrEqual(-1);
        expect(upper).toBeLessThanOrEqual(1);
        if (Math.min(Math.abs(lower), Math.abs(upper)) > 1e-6) expect(lower > 0 || upper < 0).toBe(pValue < options.alpha);
      }),
      { numRuns: 15 },
    );
  });

  it('is turned over when the arms are swapped, and when ones become zeros', () => {
    const opposite = ({ successes, units }: { successes: number; units: number }) => ({ successes: units - successes, units });
    fc.assert(
      fc.property(anArm, anArm, (control, treatment) => {
        const forth = bernoulliDifferenceSequence(control, treatment, options);
        for (const other of [
          bernoulliDifferenceSequence(treatment, control, options),
          bernoulliDifferenceSequence(opposite(control), opposite(treatment), options),
        ]) {
          expect(other.lower).toBeCloseTo(-forth.upper, 6);
          expect(other.upper).toBeCloseTo(-forth.lower, 6);
          expect(other.pValue / forth.pValue).toBeCloseTo(1, 4);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('is wider for a smaller alpha, and for fewer units', () => {
    const arms = (units: number) =>
      [
        { successes: units / 10, units },
        { successes: units / 5, units },
      ] as const;
    const width = (units: number, alpha: number) => {
      const { lower, upper } = bernoulliDifferenceSequence(...arms(units), { alpha, tuningUnits: 200 });
      return upper - lower;
    };
    expect(width(100, 0.01)).toBeGreaterThan(width(100, 0.05));
    expect(width(100, 0.05)).toBeGreaterThan(width(400, 0.05));
    expect(width(10, 0.05)).toBeGreaterThan(width(100, 0.05));
  });

  it('errs at most as often as alpha says when it looks after every pair of units, from the first on', () => {
    const [random, runs] = [minstd(20_240_613), 200];
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const [control, treatment] = [
        { successes: 0, units: 0 },
        { successes: 0, units: 0 },
      ];
      let isMissed = false;
      for (let unit = 1; unit <= 200 && !isMissed; unit++) {
        for (const [arm, probability] of [
          [control, 0.05],
          [treatment, 0.15],
        ] as const) {
          arm.units += 1;
          arm.successes += Number(random() < probability);
        }
        const ofTruth = (x: number, { successes, units }: typeof control) =>
          bernoulliLogEvidence(x, { ones: successes, zeros: units - successes, concentration });
        // The pair of the truth bounds the least evidence from above.
        if (ofTruth(0.05, control) + ofTruth(0.15, treatment) <= Math.log(20)) continue;
        isMissed = leastLogEvidence(control, treatment, { difference: 0.1, concentration }) > Math.log(20);
      }
      missed += Number(isMissed);
    }
    expect(missed / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it.each([
    [{ successes: 0, units: 0 }, options],
    [{ successes: 3, units: 2 }, options],
    [{ successes: -1, units: 2 }, options],
    [
      { successes: 1, units: 2 },
      { ...options, alpha: 0 },
    ],
    [
      { successes: 1, units: 2 },
      { ...options, tuningUnits: 0 },
    ],
  ])('refuses %j with %j', (arm, change) => {
    expect(() => bernoulliDifferenceSequence(arm, { successes: 1, units: 2 }, change)).toThrow(RangeError);
    expect(() => bernoulliDifferenceSequence({ successes: 1, units: 2 }, arm, change)).toThrow(RangeError);
  });
});
