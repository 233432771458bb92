import fc from 'fast-check';
import { compareVersions } from '../../../src/model-registry/version-order';

const version = fc.stringMatching(/^[a-z0-9.-]{1,8}$/);

describe('compareVersions', () => {
  it.each([
    ['9', '10'],
    ['v1.9', 'v1.10'],
    ['1', '1.0'],
    ['2024-01', '2024-02'],
    ['99999999999999999998', '99999999999999999999'],
  ])('puts %s before %s', (low, high) => {
    expect(compareVersions(low, high)).toBeLessThan(0);
  });

  it('is antisymmetric and says "equal" only of equal values', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        if (a === b) expect(compareVersions(a, b)).toBe(0);
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 3, maxLength: 3 }), (names) => {
        const [a, b, c] = [...names].sort(compareVersions) as [string, string, string];
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        expect(compareVersions(a, b)).toBeLessThanOrEqual(0);
        expect(compareVersions(b, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
