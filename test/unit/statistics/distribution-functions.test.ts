import { computed, type DistributionValue, distributionValues, otherTail } from './distribution-values';
import { relativeError } from './reference-numbers';

/** Below the normal numbers a binary64 has fewer digits. */
const tolerance = (value: number) => Math.max(1e-12, (4 * Number.MIN_VALUE) / Math.abs(value));

const rows = distributionValues('distribution-functions');
const nearOne = (row: DistributionValue) => row.value > 0.5 && /_(sf|cdf)$/.test(row.name) && row.log10 !== undefined && row.log10 < 0;

describe('every distribution function, at ordinary and at extreme arguments', () => {
  it('has all its reference numbers', () => {
    expect(rows.length).toBe(137);
  });

  it.each(rows)('$label is $value', (row) => {
    expect(relativeError(computed(row), row.value)).toBeLessThanOrEqual(tolerance(row.value));
  });

  it.each(rows.filter(nearOne))('$label has the other tail that is left of a value near 1', (row) => {
    expect(relativeError(Math.log1p(-otherTail(row)) / Math.LN10, row.log10 ?? Number.NaN)).toBeLessThan(1e-12);
  });

  it.each(rows.filter((row) => row.log10 !== undefined && row.value < 0.5))('$label has the logarithm $log10', (row) => {
    const absolute = tolerance(row.value) * Math.LOG10E;
    expect(Math.abs(Math.log10(computed(row)) - (row.log10 ?? Number.NaN))).toBeLessThan(absolute + 1e-15 * Math.abs(row.log10 ?? 0));
  });

  it.each(distributionValues('distribution-extremes'))('$label is $value', (row) => {
    expect(relativeError(computed(row), row.value)).toBeLessThanOrEqual(tolerance(row.value));
  });
});
