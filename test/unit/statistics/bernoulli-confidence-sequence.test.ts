import fc from 'fast-check';
import { bernoulliConfidenceSequence, bernoulliLogEvidence } from '../../../src/statistics/bernoulli-confidence-sequence';
import { tunedConcentration } from '../../../src/statistics/beta-binomial-mixture';
import { referenceNumbers } from './reference-numbers';

const { bernoulli } = referenceNumbers<{
  bernoulli: { successes: number; units: number; alpha: number; tuningUnits: number; interval: [number, number] }[];
}>('confidence-sequences');

describe('bernoulliConfidenceSequence', () => {
  // Ends of 1e-28 in the reference are where its bisection gave up on its way to 0.
  it.each(bernoulli)('$successes of $units, tuned for $tuningUnits', ({ successes, units, interval, ...options }) => {
    const { lower, upper } = bernoulliConfidenceSequence({ successes, units }, options);
    expect(Math.abs(lower - interval[0])).toBeLessThan(1e-10 * interval[0] + 1e-12);
    expect(Math.abs(upper - interval[1])).toBeLessThan(1e-10 * interval[1]);
  });

  const options = { alpha: 0.05, tuningUnits: 100 };
  const anArm = fc
    .tuple(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([units, share]) => ({ units, successes: Math.round(units * share) }));

  it('holds the share that was seen, and is turned over when ones become zeros', () => {
    fc.assert(
      fc.property(anArm, ({ units, successes }) => {
        const { lower, upper } = bernoulliConfidenceSequence({ units, successes }, options);
        const opposite = bernoulliConfidenceSequence({ units, successes: units - successes }, options);
        expect(lower).toBeLessThanOrEqual(successes / units);
        expect(upper).toBeGreaterThanOrEqual(successes / units);
        expect(lower).toBeCloseTo(1 - opposite.upper, 12);
      }),
      { numRuns: 50 },
    );
  });

  it('ends where the evidence is 1 / alpha, which is convex between', () => {
    const [arm, concentration] = [{ successes: 40, units: 300 }, tunedConcentration({ units: 100, alpha: 0.05 })];
    const evidence = (p: number) => bernoulliLogEvidence(p, { ones: 40, zeros: 260, concentration });
    const { lower, upper } = bernoulliConfidenceSequence(arm, options);
    expect(evidence(lower)).toBeCloseTo(Math.log(20), 9);
    expect(evidence(upper)).toBeCloseTo(Math.log(20), 9);
    const p = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(p, p, (one, other) => {
        const chord = (evidence(one) + evidence(other)) / 2;
        expect(evidence((one + other) / 2)).toBeLessThanOrEqual(chord + 1e-9 * (1 + Math.abs(chord)));
      }),
    );
  });

  it.each([{ units: 0 }, { successes: -1 }, { successes: 11 }])('refuses %j', (change) => {
    expect(() => bernoulliConfidenceSequence({ successes: 1, units: 10, ...change }, options)).toThrow(RangeError);
  });
});
