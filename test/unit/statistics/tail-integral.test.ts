import fc from 'fast-check';
import { normalDensity, normalSurvival } from '../../../src/statistics/normal-distribution';
import { tailIntegral } from '../../../src/statistics/tail-integral';
import { relativeError } from './reference-numbers';

describe('the integral of a tail', () => {
  it('is 1 / slope of an exponential tail', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (slope) => {
        expect(
          relativeError(
            tailIntegral(slope, slope * slope * 1e-12, () => 0),
            1 / slope,
          ),
        ).toBeLessThan(1e-11);
      }),
    );
  });

  it('is Mills’ ratio of a normal tail, at any distance and of any width', () => {
    const distance = fc.double({ min: 0, max: 30, noNaN: true });
    const width = fc.double({ min: -9, max: 9, noNaN: true }).map((power) => 10 ** power);
    fc.assert(
      fc.property(distance, width, (z, sigma) => {
        const integral = tailIntegral(z / sigma, sigma ** -2, (s) => (s / sigma) ** 2 / 2);
        expect(relativeError(integral / sigma, normalSurvival(z) / normalDensity(z))).toBeLessThan(5e-13);
      }),
    );
  });

  it('is sqrt(pi / 2) of half a bell', () => {
    expect(
      relativeError(
        tailIntegral(0, 1, (s) => (s * s) / 2),
        Math.sqrt(Math.PI / 2),
      ),
    ).toBeLessThan(1e-15);
  });
});
