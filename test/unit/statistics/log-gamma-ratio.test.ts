import fc from 'fast-check';
import { logGammaRatio, stirlingRemainder } from '../../../src/statistics/log-gamma-ratio';
import { lgamma } from '../../../src/statistics/special-functions';
import { relativeError } from './reference-numbers';

const eulersConstant = 0.5772156649015329;
const positive = fc.double({ min: -6, max: 6, noNaN: true }).map((power) => 10 ** power);

describe('the logarithm of a ratio of gamma functions', () => {
  it('is the difference of two logarithms, where that has digits', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const scale = 1 + Math.abs(lgamma(a)) + Math.abs(lgamma(a + b));
        expect(Math.abs(logGammaRatio(a, b) - (lgamma(a + b) - lgamma(a)))).toBeLessThan(3e-14 * scale);
      }),
    );
  });

  it('is b times the digamma function for a tiny b: psi(1) = -gamma, psi(1/2) = -gamma - 2 ln 2, psi(20) = H_19 - gamma', () => {
    const harmonic = Array.from({ length: 19 }, (_, k) => 1 / (19 - k)).reduce((sum, term) => sum + term);
    expect(relativeError(logGammaRatio(1, 1e-30), -eulersConstant * 1e-30)).toBeLessThan(1e-13);
    expect(relativeError(logGammaRatio(0.5, 1e-30), (-eulersConstant - 2 * Math.LN2) * 1e-30)).toBeLessThan(1e-13);
    expect(relativeError(logGammaRatio(20, 1e-30), (harmonic - eulersConstant) * 1e-30)).toBeLessThan(1e-13);
  });

  it('chains: from a to a + b to a + b + c', () => {
    fc.assert(
      fc.property(positive, positive, positive, (a, b, c) => {
        const whole = logGammaRatio(a, b + c);
        const scale = b + c + Math.abs(whole) + Math.abs(logGammaRatio(a, b));
        expect(Math.abs(logGammaRatio(a, b) + logGammaRatio(a + b, c) - whole)).toBeLessThan(2e-14 * scale);
      }),
    );
  });

  it.each([
    [0, 1],
    [1, -1],
    [Number.NaN, 1],
    [1, Number.NaN],
  ])('refuses a = %s, b = %s', (a, b) => {
    expect(() => logGammaRatio(a, b)).toThrow(/^A ratio of gamma functions needs .*\.$/);
  });
});

describe('the remainder of Stirling’s formula', () => {
  it('is 1 - ln(2 pi) / 2 at 1, and (1 - ln 2) / 2 at 1/2', () => {
    expect(stirlingRemainder(1)).toBeCloseTo(1 - Math.log(2 * Math.PI) / 2, 15);
    // ln Gamma(1/2) = ln(pi) / 2
    expect(stirlingRemainder(0.5)).toBeCloseTo(0.5 - Math.LN2 / 2, 15);
  });

  it('completes Stirling’s formula', () => {
    fc.assert(
      fc.property(positive, (x) => {
        const formula = (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2;
        expect(Math.abs(formula + stirlingRemainder(x) - lgamma(x))).toBeLessThan(1e-14 * (1 + Math.abs(formula)));
      }),
    );
  });

  it.each([0, -1, Number.NaN])('refuses %s', (x) => {
    expect(() => stirlingRemainder(x)).toThrow(RangeError);
  });
});
