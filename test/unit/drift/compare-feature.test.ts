import fc from 'fast-check';
import { compareFeature } from '../../../src/drift/compare-feature';
import type { CategoricalReference, NumericReference } from '../../../src/drift/reference-profile';
import { aProfile, countsOf, rowsOf, seededRandom } from './simulated-traffic';

const bins = new Array<number>(10).fill(90);
const brightness: NumericReference = {
  kind: 'numeric',
  name: 'brightness',
  edges: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  counts: bins,
  missing: 0,
  mean: 5,
  standardDeviation: 3,
};
const colour: CategoricalReference = { kind: 'categorical', name: 'colour', categories: ['red', 'green'], counts: [450, 450] };

describe('compareFeature', () => {
  it('finds nothing in the same shares', () => {
    const comparison = compareFeature(brightness, [...new Array<number>(10).fill(20), 0]);
    expect(comparison).toMatchObject({ test: 'chi-square homogeneity', statistic: 0, pValue: 1, referenceRows: 900, currentRows: 200 });
    expect(comparison?.psi).toBeLessThan(1e-4);
  });

  it('gives a p-value and an index that are never below their least', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 11, maxLength: 11 }), (counts) => {
        const comparison = compareFeature(brightness, counts);
        if (!comparison) return counts.every((count) => count === 0);
        return comparison.pValue >= 0 && comparison.pValue <= 1 && comparison.psi >= 0;
      }),
    );
  });

  it('rejects the truth no more often than it says', () => {
    const random = seededRandom(4);
    const looks = 400;
    let rejected = 0;
    for (let i = 0; i < looks; i += 20) {
      const feature = aProfile(900, random, { features: 1 }).features[0] ?? brightness;
      for (let j = 0; j < 20; j++) {
        const pValue = compareFeature(feature, countsOf(feature, rowsOf(200, random, { features: 1 })))?.pValue ?? 0;
        if (pValue < 0.05) rejected++;
      }
    }
    // 0.05 and three standard errors.
    expect(rejected / looks).toBeLessThanOrEqual(0.083);
  });

  it('takes a value that the reference never had for evidence, however few', () => {
    expect(compareFeature(colour, [95, 95, 10, 0])).toMatchObject({ test: 'Fisher exact on missing and unseen values' });
    expect(compareFeature(colour, [95, 95, 10, 0])?.pValue).toBeLessThan(1e-6);
    expect(compareFeature(colour, [100, 99, 1, 0])?.pValue).toBeGreaterThan(0.05);
  });

  it('takes missing values for evidence when there were none, and not when there always were', () => {
    const counts = [...new Array<number>(10).fill(18), 20];
    expect(compareFeature(brightness, counts)?.pValue).toBeLessThan(1e-10);
    expect(compareFeature({ ...brightness, missing: 100 }, counts)?.pValue).toBeGreaterThan(0.5);
  });

  it('notices when missing values are gone', () => {
    expect(compareFeature({ ...brightness, missing: 300 }, [...new Array<number>(10).fill(20), 0])?.pValue).toBeLessThan(1e-10);
  });

  it('sees a feature that no longer comes at all', () => {
    const comparison = compareFeature(brightness, [...new Array<number>(10).fill(0), 200]);
    expect(comparison).toMatchObject({ currentRows: 200 });
    expect(comparison?.pValue).toBeLessThan(1e-100);
  });

  it('has nothing to say of an empty side', () => {
    expect(compareFeature(brightness, new Array<number>(11).fill(0))).toBeNull();
    expect(compareFeature({ ...brightness, counts: new Array<number>(10).fill(0) }, new Array<number>(11).fill(0))).toBeNull();
  });
});
