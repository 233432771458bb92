import fc from 'fast-check';
import { normalQuantile } from '../../../src/statistics/normal-distribution';
import { type QuantileSample, quantileBounds, quantileEstimate } from '../../../src/statistics/quantile-estimate';
import { minstd } from './reference-numbers';

const sample: QuantileSample = { quantile: 0.9, units: 10_000, value: 7, lowerValue: 6.9, upperValue: 7.1 };

describe('quantileBounds', () => {
  it('surround the quantile and stay within the sample', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 1e7 }), (quantile, size) => {
        const { lower, upper } = quantileBounds(quantile, size);
        expect([lower >= 0, lower < quantile, upper > quantile, upper <= 1]).toEqual([true, true, true, true]);
      }),
    );
  });
});

describe('quantileEstimate', () => {
  it('has about the standard error that the density of a normal sample says', () => {
    const random = minstd(3);
    const units = 20_000;
    const values = Array.from({ length: units }, () => normalQuantile(random())).sort((a, b) => a - b);
    const at = (level: number) => values[Math.min(units - 1, Math.floor(level * units))] as number;
    const { lower, upper } = quantileBounds(0.5, units);
    const estimate = quantileEstimate({ quantile: 0.5, units, value: at(0.5), lowerValue: at(lower), upperValue: at(upper) });
    const exact = Math.sqrt(0.25 / units) * Math.sqrt(2 * Math.PI);
    expect((estimate?.standardError ?? 0) / exact).toBeGreaterThan(0.8);
    expect((estimate?.standardError ?? 0) / exact).toBeLessThan(1.25);
  });

  it('is the distance of the order statistics in 2 x 1.96 standard errors', () => {
    expect(quantileEstimate(sample)?.standardError).toBeCloseTo(0.2 / (2 * 1.959963984540054), 5);
  });

  it('grows by the design effect of the clusters', () => {
    // 1,000 units of 10 values, all of one unit on the same side: the share's variance is 10 times that of independent values.
    const clusters = {
      units: 1_000,
      numerator: 9_000,
      numeratorSquared: 90_000,
      denominator: 10_000,
      denominatorSquared: 100_000,
      product: 90_000,
    };
    const ratio = (quantileEstimate({ ...sample, clusters })?.standardError ?? 0) / (quantileEstimate(sample)?.standardError ?? 1);
    expect(ratio ** 2).toBeCloseTo(10 * (1_000 / 999), 9);
    expect(quantileEstimate({ ...sample, clusters: { ...clusters, units: 1 } })).toBeNull();
  });

  it('does not let rounded values look certain', () => {
    const equal = { ...sample, lowerValue: 7, upperValue: 7 };
    expect(quantileEstimate(equal)?.standardError).toBeCloseTo(Math.sqrt(1e-5 / 10_000), 15);
    expect(quantileEstimate({ ...equal, units: 999 })).toBeNull();
    expect(quantileEstimate({ ...sample, units: 99, lowerValue: 6.9999, upperValue: 7 })?.standardError).toBeLessThan(1e-4);
  });

  it('says nothing where a bound is outside the sample', () => {
    expect(quantileEstimate({ ...sample, quantile: 0.99, units: 380 })).toBeNull();
    expect(quantileEstimate({ ...sample, quantile: 0.99, units: 381 })).not.toBeNull();
    expect(quantileEstimate({ ...sample, quantile: 0.01, units: 380 })).toBeNull();
  });

  it.each([{ quantile: 0 }, { quantile: 1 }, { units: 0 }, { boundSampleSize: Number.NaN }, { value: Number.NaN }, { lowerValue: 8 }])(
    'refuses %j',
    (change) => {
      expect(() => quantileEstimate({ ...sample, ...change })).toThrow(RangeError);
    },
  );
});
