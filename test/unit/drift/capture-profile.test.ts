import fc from 'fast-check';
import { captureProfile } from '../../../src/drift/capture-profile';
import type { ReferenceRow } from '../../../src/drift/drift-store';
import { binIndex, type NumericReference } from '../../../src/drift/reference-profile';

function aRow(inputFeatures: ReferenceRow['inputFeatures'], more: Partial<ReferenceRow> = {}): ReferenceRow {
  return { inputFeatures, label: null, confidence: null, correct: null, ...more };
}

function numericOf(values: readonly (number | string | null)[]): NumericReference {
  const feature = captureProfile(
    values.map((x) => aRow({ x })),
    '',
  ).features[0];
  if (feature?.kind !== 'numeric') throw new Error('x should be numeric');
  return feature;
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

describe('captureProfile', () => {
  it('makes edges that ascend, at most 31, and counts each value in its bin', () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 100, maxLength: 1_000 }), (values) => {
        const feature = numericOf(values);
        expect(feature.edges.length).toBeLessThanOrEqual(31);
        expect(feature.edges.every((edge, i) => i === 0 || edge > (feature.edges[i - 1] ?? edge))).toBe(true);
        expect(total(feature.counts)).toBe(values.length);
        feature.counts.forEach((count, bin) => {
          expect(values.filter((one) => binIndex(feature, one) === bin)).toHaveLength(count);
        });
      }),
    );
  });

  it('makes bins of equal mass where values differ, 32 at most and 20 rows each at least', () => {
    const values = (n: number) => Array.from({ length: n }, (_, i) => i * i);
    expect(numericOf(values(3_200)).counts).toEqual(new Array<number>(32).fill(100));
    expect(numericOf(values(100)).counts).toEqual(new Array<number>(5).fill(20));
  });

  it('fences a constant in, so that leaving it shows', () => {
    const feature = numericOf(new Array<number>(100).fill(5));
    expect(feature.counts).toEqual([0, 100, 0]);
    expect([4.9, 5, 5.1].map((value) => binIndex(feature, value))).toEqual([0, 1, 2]);
  });

  it('keeps rare values above a common lowest apart', () => {
    expect(numericOf([...new Array<number>(190).fill(0), ...new Array<number>(10).fill(7)]).counts).toEqual([190, 10]);
  });

  it('counts what is missing, of numbers and of texts', () => {
    const rows = Array.from({ length: 100 }, (_, i) => aRow({ n: i < 90 ? i : null, t: i < 80 ? 'a' : null, none: null }));
    expect(captureProfile(rows, '').features).toMatchObject([
      { name: 'n', kind: 'numeric', missing: 10 },
      { name: 't', kind: 'categorical', categories: ['a'], counts: [80], missing: 20 },
    ]);
  });

  it('sorts categories by how common they are, and takes numbers among texts for texts', () => {
    const rows = ['b', 'a', 'a', 1, 1, 1].map((x) => aRow({ x }));
    expect(captureProfile(rows, '').features[0]).toEqual({
      kind: 'categorical',
      name: 'x',
      categories: ['1', 'a', 'b'],
      counts: [3, 2, 1],
    });
  });

  it('leaves out texts that are no categories', () => {
    expect(
      captureProfile(
        Array.from({ length: 200 }, (_, i) => aRow({ name: `n${i}` })),
        '',
      ).features,
    ).toEqual([]);
  });

  it('knows answers and confidence: classes of a classification, values of a regression', () => {
    const classes = Array.from({ length: 100 }, (_, i) => aRow({}, { label: i < 60 ? 'no' : 'yes', confidence: 0.5 + i / 300 }));
    expect(captureProfile(classes, '').features).toMatchObject([
      { name: '@prediction', kind: 'categorical', categories: ['no', 'yes'], counts: [60, 40] },
      { name: '@confidence', kind: 'numeric' },
    ]);
    const values = Array.from({ length: 100 }, (_, i) => aRow({}, { value: i }));
    expect(captureProfile(values, '').features).toMatchObject([{ name: '@prediction', kind: 'numeric', mean: 49.5 }]);
  });

  it.each([
    [99, null],
    [100, 0.75],
  ])('with %i labelled rows knows an accuracy of %s', (labelled, accuracy) => {
    const rows = Array.from({ length: 200 }, (_, i) => aRow({}, { correct: i < labelled ? i % 4 !== 0 : null }));
    expect(captureProfile(rows, 'the source')).toMatchObject({ rows: 200, source: 'the source', accuracy });
    expect(captureProfile(rows, '').labelled).toBe(accuracy === null ? undefined : labelled);
  });
});
