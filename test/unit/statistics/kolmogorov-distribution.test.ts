import { kolmogorovCdf, kolmogorovSurvival } from '../../../src/statistics/kolmogorov-distribution';
import { relativeError, specialValues } from './reference-numbers';

describe('kolmogorovSurvival', () => {
  it.each(specialValues('kolmogorov_sf'))('%s', (_, [x = Number.NaN], value) => {
    expect(relativeError(kolmogorovSurvival(x), value)).toBeLessThan(1e-12);
  });

  it('has no step where its two series meet, and never rises', () => {
    const values = Array.from({ length: 3_000 }, (_, index) => kolmogorovSurvival(index / 1_000));
    expect(values.every((value, index) => index === 0 || value <= (values[index - 1] as number) + 1e-15)).toBe(true);
    expect(kolmogorovSurvival(1.18 - 1e-14)).toBeCloseTo(kolmogorovSurvival(1.18), 13);
  });

  it('is 1 at 0 and refuses less', () => {
    expect(kolmogorovSurvival(0)).toBe(1);
    expect(() => kolmogorovSurvival(-1)).toThrow(RangeError);
  });
});

describe('kolmogorovCdf', () => {
  it('is what the upper tail leaves of 1', () => {
    for (let x = 0; x < 4; x += 0.01) expect(kolmogorovCdf(x) + kolmogorovSurvival(x)).toBeCloseTo(1, 15);
  });

  it('is 0 at 0 and refuses less', () => {
    expect(kolmogorovCdf(0)).toBe(0);
    expect(() => kolmogorovCdf(-1)).toThrow(RangeError);
  });
});
