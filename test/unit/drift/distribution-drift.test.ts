import fc from 'fast-check';
import type { FeatureComparison } from '../../../src/drift/compare-feature';
import { findDistributionDrift } from '../../../src/drift/distribution-drift';

const startedAt = new Date('2026-03-01T00:00:00Z');

function aComparison(more: Partial<FeatureComparison> & { readonly name?: string } = {}): FeatureComparison {
  const { name = 'brightness', ...rest } = more;
  return {
    feature: { kind: 'numeric', name, edges: [0.5], counts: [450, 450], missing: 0, mean: 0.30567, standardDeviation: 0.1 },
    test: 'chi-square homogeneity',
    statistic: 40,
    pValue: 1e-7,
    psi: 0.9,
    chancePsi: 0.05,
    nullPsi95: 0.1,
    referenceRows: 900,
    currentRows: 200,
    changes: [
      { label: 'below 0.5', reference: 0.5, current: 0.45 },
      { label: '0.5 and above', reference: 0.5, current: 0.55 },
    ],
    ...rest,
  };
}

function only(comparison: FeatureComparison) {
  return findDistributionDrift([comparison], startedAt)[0];
}

describe('findDistributionDrift', () => {
  it.each([
    ['the p-value is small and the effect large', {}, 'HIGH'],
    ['the p-value is between a tenth and a half of 0.05', { pValue: 0.01 }, 'MEDIUM'],
    ['the p-value is between a half of 0.05 and 0.05', { pValue: 0.03 }, 'LOW'],
    ['the p-value is large', { pValue: 0.05 }, 'NONE'],
    ['the effect is what chance gives, however small the p-value', { psi: 0.14, chancePsi: 0.05 }, 'NONE'],
    ['the effect is within what chance gives once in twenty times', { psi: 0.6, chancePsi: 0.4, nullPsi95: 0.7 }, 'NONE'],
  ])('when %s', (_, more, severity) => {
    expect(only(aComparison(more))).toMatchObject({ severity, drifted: severity !== 'NONE', threshold: 0.05, windowStartedAt: startedAt });
  });

  it('names what it is about', () => {
    const names = ['@prediction', '@confidence', 'red'].map((name) => aComparison({ name }));
    expect(findDistributionDrift(names, null).map(({ kind, feature }) => [kind, feature])).toEqual([
      ['PREDICTION', null],
      ['CONFIDENCE', null],
      ['DATA', 'red'],
    ]);
  });

  it('corrects over the whole look: company never makes a p-value smaller', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (pValues) => {
        const findings = findDistributionDrift(
          pValues.map((pValue, index) => aComparison({ pValue, name: `f${index}` })),
          null,
        );
        return findings.every((finding, index) => (finding.adjustedPValue ?? 0) >= (pValues[index] ?? 0) * (1 - 1e-12));
      }),
    );
  });

  it('takes one 0.01 among thirty for chance, and ten for drift', () => {
    const look = (hits: number) =>
      findDistributionDrift(
        Array.from({ length: 30 }, (_, i) => aComparison({ name: `f${i}`, pValue: i < hits ? 0.01 : 0.9 })),
        null,
      ).filter((finding) => finding.drifted).length;
    expect(look(1)).toBe(0);
    expect(look(10)).toBe(10);
  });

  it('says in words what moved, how far and on what evidence', () => {
    expect(only(aComparison())?.message).toBe(
      'brightness: mass moved from below 0.5 (50.0% to 45.0%, -5.0 pp) to 0.5 and above (50.0% to 55.0%, +5.0 pp). The mean was 0.306. ' +
        'PSI 0.90 where chance alone gives 0.05, adjusted p 1e-7, 200 rows against 900.',
    );
    expect(only(aComparison({ pValue: 0.4, name: '@confidence' }))?.message).toBe(
      'confidence: no drift. PSI 0.90 where chance alone gives 0.05, adjusted p 0.400, 200 rows against 900.',
    );
  });
});
