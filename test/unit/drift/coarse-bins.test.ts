import fc from 'fast-check';
import { coarseBins } from '../../../src/drift/coarse-bins';
import { binCount, type CategoricalReference, type FeatureReference, type NumericReference } from '../../../src/drift/reference-profile';

function numeric(counts: readonly number[], more: Partial<NumericReference> = {}): NumericReference {
  const edges = Array.from({ length: counts.length - 1 }, (_, i) => i);
  return { kind: 'numeric', name: 'x', edges, counts, missing: 0, mean: 0, standardDeviation: 1, ...more };
}

function categorical(counts: Readonly<Record<string, number>>): CategoricalReference {
  return { kind: 'categorical', name: 'c', categories: Object.keys(counts), counts: Object.values(counts) };
}

const someCounts = fc.array(fc.nat(200), { minLength: 1, maxLength: 40 }).filter((counts) => counts.some((count) => count > 0));
const aFeature: fc.Arbitrary<FeatureReference> = fc.oneof(
  someCounts.map((counts) => numeric(counts)),
  someCounts.map((counts) => categorical(Object.fromEntries(counts.map((count, i) => [`c${i}`, count])))),
);

describe('coarseBins', () => {
  it('puts every counter of a window into exactly one group', () => {
    fc.assert(
      fc.property(aFeature, fc.integer({ min: 1, max: 2_000 }), (feature, rows) => {
        const { regular, odd } = coarseBins(feature, rows);
        const bins = [...regular, ...odd].flatMap((group) => group.bins).sort((a, b) => a - b);
        expect(bins).toEqual(Array.from({ length: binCount(feature) }, (_, i) => i));
      }),
    );
  });

  it('keeps the rows of the reference', () => {
    fc.assert(
      fc.property(aFeature, fc.integer({ min: 1, max: 2_000 }), (feature, rows) => {
        const { regular } = coarseBins(feature, rows);
        const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
        expect(total(regular.map((group) => group.referenceCount))).toBe(total(feature.counts));
        for (const group of regular) expect(group.referenceCount).toBe(total(group.bins.map((bin) => feature.counts[bin] ?? 0)));
      }),
    );
  });

  it.each([
    [100, 5],
    [200, 10],
    [400, 20],
    [640, 32],
    [100_000, 32],
  ])('with %i rows makes %i of 32 even bins', (rows, groups) => {
    expect(coarseBins(numeric(new Array<number>(32).fill(40)), rows).regular).toHaveLength(groups);
  });

  it('never makes more bins than the reference can fill', () => {
    expect(coarseBins(numeric(new Array<number>(32).fill(5)), 100_000).regular).toHaveLength(8);
  });

  it('leaves a bin that holds much alone', () => {
    const { regular } = coarseBins(numeric([10, 10, 150, 15, 15]), 200);
    expect(regular.map((group) => group.referenceCount)).toEqual([20, 150, 15, 15]);
  });

  it('calls bins that the reference never filled odd, and missing values too', () => {
    const { regular, odd } = coarseBins(numeric([0, 100, 0], { missing: 7 }), 200);
    expect(regular.map((group) => group.bins)).toEqual([[1]]);
    expect(odd.map(({ bins, referenceCount }) => ({ bins, referenceCount }))).toEqual([
      { bins: [0, 2], referenceCount: 0 },
      { bins: [3], referenceCount: 7 },
    ]);
  });

  it('lets frequent categories stand alone and the rare ones together', () => {
    const { regular } = coarseBins(categorical({ cat: 500, dog: 480, emu: 10, fox: 10 }), 200);
    expect(regular.map(({ label, bins }) => ({ label, bins }))).toEqual([
      { label: '"cat"', bins: [0] },
      { label: '"dog"', bins: [1] },
      { label: 'the rare ones', bins: [2, 3] },
    ]);
  });

  it('names ranges as a reader would', () => {
    const labels = coarseBins(numeric([100, 100, 100], { edges: [0.123456, 2] }), 1_000).regular.map((group) => group.label);
    expect(labels).toEqual(['below 0.123', '[0.123, 2)', '2 and above']);
    expect(coarseBins(numeric([100]), 200).regular[0]?.label).toBe('all values');
  });
});
