import { countMetric, importRow, totalsOf, unitOf } from '../../../bench/import/import-rows';
import { parseImportOptions } from '../../../bench/import/options';

it('makes one row of a hundred bad, each with its own code, and the same rows each time', () => {
  const rows = Array.from({ length: 1000 }, (_, index) => importRow(index, 7));
  expect(rows).toEqual(Array.from({ length: 1000 }, (_, index) => importRow(index, 7)));
  const bad = rows.flatMap(({ refusal }, index) => (refusal === null ? [] : [{ index, refusal }]));
  expect(bad.map(({ index }) => index % 100)).toEqual(Array(10).fill(37));
  expect(new Set(bad.map(({ refusal }) => refusal))).toEqual(new Set(['METRIC_NOT_FOUND', 'BAD_USER_INPUT', 'PREDICTION_NOT_FOUND']));
  expect(new Set(rows.map(({ outcome }) => outcome.idempotencyKey)).size).toBe(1000);
});

it('gives every unit outcomes of both metrics', () => {
  const rows = Array.from({ length: 1000 }, (_, index) => importRow(index, 7)).filter(({ refusal }) => refusal === null);
  const pairs = new Set(rows.map(({ outcome }) => `${outcome.unitId} ${outcome.metric}`));
  for (let unit = 0; unit < 7; unit++)
    for (const metric of [countMetric, 'revenue']) expect(pairs).toContain(`${unitOf(unit, 7)} ${metric}`);
});

it('knows what results must show', () => {
  // Of the first 100 rows, the 38th is bad; it would have been one of the 50 that are added up: 2, 4, 1, 3, 5 and so on.
  expect(totalsOf(100, 7)).toEqual({ good: 99, refused: 1, count: 50, sum: 150 - 3 });
});

it('reads its options, and says what is wrong with them', () => {
  expect(parseImportOptions([])).toEqual({ rows: 1_000_000, concurrency: 4, units: 1000 });
  expect(parseImportOptions(['--rows', '20000', '--units', '10', '--concurrency', '2'])).toEqual({
    rows: 20_000,
    concurrency: 2,
    units: 10,
  });
  expect(parseImportOptions(['--help'])).toBeNull();
  expect(() => parseImportOptions(['--rows', '0'])).toThrow('--rows must be a positive whole number, not "0".');
});
