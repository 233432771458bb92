import fc from 'fast-check';
import { benjaminiHochbergAdjust } from '../../../src/statistics/benjamini-hochberg';
import { benjaminiYekutieliAdjust } from '../../../src/statistics/benjamini-yekutieli';
import { bonferroniAdjust } from '../../../src/statistics/bonferroni-correction';
import { correctedInterval } from '../../../src/statistics/corrected-interval';
import { hochbergAdjust } from '../../../src/statistics/hochberg-correction';
import { holmAdjust } from '../../../src/statistics/holm-correction';
import { hommelAdjust } from '../../../src/statistics/hommel-correction';
import { sidakAdjust } from '../../../src/statistics/sidak-correction';
import { referenceNumbers, relativeError } from './reference-numbers';

const corrections = [
  benjaminiHochbergAdjust,
  benjaminiYekutieliAdjust,
  bonferroniAdjust,
  hochbergAdjust,
  holmAdjust,
  hommelAdjust,
  sidakAdjust,
];

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 15 });

describe('corrections for many comparisons', () => {
  it.each(corrections.map((correction) => [correction.name, correction] as const))(
    '%s: never lowers a p, stays at most 1, keeps the order',
    (_, correct) => {
      fc.assert(
        fc.property(pValues, (p) => {
          const adjusted = correct(p);
          expect(adjusted).toHaveLength(p.length);
          for (const [i, value] of adjusted.entries()) {
            expect(value).toBeGreaterThanOrEqual((p[i] as number) * (1 - 1e-14));
            expect(value).toBeLessThanOrEqual(1);
            for (const [j, other] of adjusted.entries()) {
              if ((p[i] as number) < (p[j] as number)) expect(value).toBeLessThanOrEqual(other * (1 + 1e-14));
            }
          }
        }),
      );
    },
  );

  it('are ordered: BH, Hommel, Hochberg, Holm, Bonferroni; Sidak below Bonferroni; BY above BH', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const chain = [benjaminiHochbergAdjust, hommelAdjust, hochbergAdjust, holmAdjust, bonferroniAdjust].map((correct) => correct(p));
        chain.slice(1).forEach((upper, k) => {
          upper.forEach((value, i) => {
            expect(chain[k]?.[i]).toBeLessThanOrEqual(value * (1 + 1e-14));
          });
        });
        const [sidak, yekutieli] = [sidakAdjust(p), benjaminiYekutieliAdjust(p)];
        p.forEach((_, i) => {
          expect(sidak[i]).toBeLessThanOrEqual((bonferroniAdjust(p)[i] as number) * (1 + 1e-14));
          expect(yekutieli[i]).toBeGreaterThanOrEqual(benjaminiHochbergAdjust(p)[i] as number);
        });
      }),
    );
  });

  it('Hommel is the closure of Simes’ test', () => {
    const simes = (subset: readonly number[]) => {
      const sorted = [...subset].sort((a, b) => a - b);
      return Math.min(...sorted.map((value, i) => (sorted.length * value) / (i + 1)));
    };
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }), (p) => {
        const subsets = Array.from({ length: 2 ** p.length }, (_, mask) => p.map((_, i) => i).filter((i) => (mask >> i) % 2 === 1));
        hommelAdjust(p).forEach((value, i) => {
          const closure = Math.max(...subsets.filter((set) => set.includes(i)).map((set) => simes(set.map((j) => p[j] as number))));
          expect(value).toBeCloseTo(Math.min(1, closure), 13);
        });
      }),
    );
  });

  it('Sidak keeps the digits of small p-values', () => {
    expect(sidakAdjust([1e-300, 0.5])[0]).toBe(2e-300);
  });

  it.each(corrections.map((correction) => [correction.name, correction] as const))('%s refuses what is no probability', (_, correct) => {
    for (const outside of [-0.1, 1.1, Number.NaN]) expect(() => correct([0.5, outside])).toThrow(RangeError);
  });
});

describe('correctedInterval', () => {
  const interval = { estimate: 0.2, lower: 0.1, upper: 0.3, alpha: 0.05 };

  it('never narrows, and excludes 0 only when the adjusted p is below alpha', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1, noNaN: true }), (adjustedPValue) => {
        const { lower, upper } = correctedInterval({ ...interval, adjustedPValue });
        expect(lower).toBeLessThanOrEqual(interval.lower);
        expect(upper).toBeGreaterThanOrEqual(interval.upper);
        if (Math.abs(adjustedPValue - 0.05) > 1e-9) expect(lower > 0).toBe(adjustedPValue < 0.05);
      }),
    );
  });

  it('is unbounded at p = 1, and itself where nothing was to be widened', () => {
    expect(correctedInterval({ ...interval, adjustedPValue: 1 })).toEqual({ lower: -Infinity, upper: Infinity });
    expect(correctedInterval({ ...interval, adjustedPValue: 0 })).toEqual({ lower: 0.1, upper: 0.3 });
    expect(correctedInterval({ estimate: 0, lower: -1, upper: 1, alpha: 0.05, adjustedPValue: 1 })).toEqual({ lower: -1, upper: 1 });
  });

  it.each([{ estimate: 0.4 }, { alpha: 0 }, { adjustedPValue: 1.5 }, { estimate: Number.NaN }])('refuses %j', (change) => {
    expect(() => correctedInterval({ ...interval, adjustedPValue: 0.5, ...change })).toThrow(RangeError);
  });
});

interface SpotifyCase {
  readonly id: string;
  readonly alpha: number;
  readonly pValues: readonly number[];
  readonly adjustedAlpha: readonly number[];
  readonly adjusted: readonly number[];
  readonly significant: readonly boolean[];
}

it.each(referenceNumbers<SpotifyCase[]>('spotify-bonferroni'))('Bonferroni agrees with Spotify: $id', (one) => {
  const { alpha, pValues, adjusted, adjustedAlpha, significant } = one;
  // There -1 stands for "no p-value", is corrected to -3 and found significant. Here it is refused.
  if (pValues.some((p) => p < 0)) {
    expect([one.id, pValues]).toEqual(['mc-012', [-1, -1, -1]]);
    expect(() => bonferroniAdjust(pValues)).toThrow(RangeError);
    return;
  }
  bonferroniAdjust(pValues).forEach((p, i) => {
    expect(relativeError(p, adjusted[i] as number)).toBeLessThan(1e-9);
    expect(relativeError(alpha / pValues.length, adjustedAlpha[i] as number)).toBeLessThan(1e-9);
    expect(p < alpha).toBe(significant[i]);
  });
});
