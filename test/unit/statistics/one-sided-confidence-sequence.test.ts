import fc from 'fast-check';
import {
  asymptoticConfidenceSequence,
  oneSidedConfidenceSequence,
  sequentialCriticalValue,
} from '../../../src/statistics/asymptotic-confidence-sequence';

const look = { estimate: 0.1, standardError: 0.02, sampleSize: 5_000, alpha: 0.05 };

describe('oneSidedConfidenceSequence', () => {
  const z = fc.double({ min: -10, max: 10, noNaN: true });
  const sampleSize = fc.integer({ min: 1, max: 1e7 });
  const alpha = fc.double({ min: 1e-4, max: 0.3, noNaN: true });

  it('excludes 0 exactly when p is below alpha', () => {
    fc.assert(
      fc.property(z, sampleSize, alpha, (estimate, size, level) => {
        const input = { estimate, standardError: 1, sampleSize: size, alpha: level };
        const greater = oneSidedConfidenceSequence({ ...input, alternative: 'GREATER' });
        if (Math.abs(greater.lower) > 1e-9) expect(greater.lower > 0).toBe(greater.pValue < level);
        expect(greater.upper).toBe(Infinity);
      }),
    );
  });

  it('mirrors when the estimate does', () => {
    fc.assert(
      fc.property(z, sampleSize, (estimate, size) => {
        const input = { standardError: 1, sampleSize: size, alpha: 0.05 };
        const greater = oneSidedConfidenceSequence({ ...input, estimate, alternative: 'GREATER' });
        const less = oneSidedConfidenceSequence({ ...input, estimate: -estimate, alternative: 'LESS' });
        expect([less.lower, less.upper, less.pValue]).toEqual([-Infinity, 0 - greater.lower, greater.pValue]);
      }),
    );
  });

  it('is tighter than the two-sided one on its side from 60 units on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 1e7 }), (size) => {
        const input = { ...look, sampleSize: size };
        const oneSided = oneSidedConfidenceSequence({ ...input, alternative: 'GREATER' }).lower;
        expect(oneSided).toBeGreaterThan(asymptoticConfidenceSequence(input).lower);
      }),
    );
  });

  it('finds nothing against its direction', () => {
    expect(oneSidedConfidenceSequence({ ...look, alternative: 'LESS' }).pValue).toBe(1);
  });

  it('without spread is sure, unless the estimate is 0', () => {
    const sure = (estimate: number) => oneSidedConfidenceSequence({ ...look, estimate, standardError: 0, alternative: 'GREATER' });
    expect([sure(0.1).pValue, sure(0).pValue, sure(-0.1).pValue]).toEqual([0, 1, 1]);
    expect(sure(0.1).lower).toBe(0.1);
  });

  it.each([{ alpha: 0.5 }, { alpha: 0 }, { standardError: -1 }, { sampleSize: 0 }])('refuses %j', (change) => {
    expect(() => oneSidedConfidenceSequence({ ...look, ...change, alternative: 'GREATER' })).toThrow(RangeError);
  });
});

describe('sequentialCriticalValue', () => {
  it('is the half-width of the two-sided sequence in standard errors', () => {
    const { upper } = asymptoticConfidenceSequence(look);
    expect((upper - look.estimate) / look.standardError).toBeCloseTo(sequentialCriticalValue(look), 12);
  });

  it('is lowest near the tuning sample size', () => {
    const at = (sampleSize: number) => sequentialCriticalValue({ sampleSize, alpha: 0.05, tuningSampleSize: 5_000 });
    expect(at(5_000)).toBeLessThan(Math.min(at(500), at(50_000)));
  });
});
