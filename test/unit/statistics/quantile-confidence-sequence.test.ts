import fc from 'fast-check';
import { orderedSample } from '../../../src/statistics/ordered-sample';
import { quantileConfidenceSequence } from '../../../src/statistics/quantile-confidence-sequence';
import { QuantileEvidence } from '../../../src/statistics/quantile-evidence';
import { minstd } from './reference-numbers';

const options = { quantile: 0.5, alpha: 0.05, tuningUnits: 100 };
const someValues = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 200 });

describe('quantileConfidenceSequence', () => {
  it('holds exactly the values against which the evidence is at most 1 / alpha', () => {
    fc.assert(
      fc.property(someValues, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (values, quantile) => {
        const sample = orderedSample(values);
        const { lower, upper } = quantileConfidenceSequence(sample, { ...options, quantile });
        const evidence = new QuantileEvidence(sample, { ...options, quantile });
        sample.values.forEach((value, at) => {
          expect(lower <= value && value <= upper).toBe(evidence.at(at) <= Math.log(20));
        });
      }),
    );
  });

  it('has no ends while there are too few units', () => {
    expect(quantileConfidenceSequence(orderedSample([1, 2, 3]), options)).toEqual({ lower: -Infinity, upper: Infinity });
    const few = orderedSample(Array.from({ length: 60 }, (_, i) => i));
    const { lower, upper } = quantileConfidenceSequence(few, { ...options, quantile: 0.95 });
    expect(lower).toBeGreaterThan(0);
    expect(upper).toBe(Infinity);
  });

  it('is turned over when the values are, and moves with them', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const forth = quantileConfidenceSequence(orderedSample(values), options);
        const back = quantileConfidenceSequence(orderedSample(values.map((value) => 7 - value)), options);
        expect([7 - back.upper, 7 - back.lower]).toEqual([forth.lower, forth.upper]);
      }),
    );
  });

  it('holds the true quantile at all looks together, for a distribution without a mean', () => {
    const [random, runs] = [minstd(20_240_615), 200];
    const ninetieth = Math.tan(Math.PI * 0.4);
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const values: number[] = [];
      let isMissed = false;
      for (let look = 1; look <= 20; look++) {
        for (let unit = 0; unit < 25; unit++) values.push(Math.tan(Math.PI * (random() - 0.5)));
        const { lower, upper } = quantileConfidenceSequence(orderedSample(values), { ...options, quantile: 0.9 });
        isMissed ||= lower > ninetieth || upper < ninetieth;
      }
      missed += Number(isMissed);
    }
    expect(missed / runs).toBeLessThanOrEqual(0.05);
  });

  it.each([{ quantile: 0 }, { quantile: 1 }, { alpha: 0 }, { tuningUnits: 0 }])('refuses %j', (change) => {
    expect(() => quantileConfidenceSequence(orderedSample([1, 2]), { ...options, ...change })).toThrow(RangeError);
  });
});
