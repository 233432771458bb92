/** One row of `recordOutcomes`, and what must become of it. */
export interface ImportRow {
  readonly outcome: Readonly<Record<string, string | number | null>>;
  /** The code that it must be refused with; null: it is good. */
  readonly refusal: string | null;
}

export const rowsACall = 1000;
/** Outcomes are counted here, */
export const countMetric = 'visits';
/** and added up here. */
export const sumMetric = 'revenue';

const badEvery = 100;
const badAt = 37;
/** Each tells what is wrong with it by another code, or from another place. */
const mistakes: readonly { readonly change: ImportRow['outcome']; readonly refusal: string }[] = [
  { change: { metric: 'nobody-defined-it' }, refusal: 'METRIC_NOT_FOUND' },
  { change: { metric: sumMetric, value: 1e200 }, refusal: 'BAD_USER_INPUT' },
  { change: { occurredAt: '2999-01-01T00:00:00Z' }, refusal: 'BAD_USER_INPUT' },
  { change: { unitId: '' }, refusal: 'BAD_USER_INPUT' },
  { change: { unitId: null, predictionId: '019aa9f2-1c00-7abc-8def-0123456789ab' }, refusal: 'PREDICTION_NOT_FOUND' },
];

export function unitOf(index: number, units: number): string {
  return `unit-${index % units}`;
}

/** The row at a place in the import, always the same: one of a hundred is bad. */
export function importRow(index: number, units: number): ImportRow {
  const isCount = index % 2 === 0;
  const good = {
    metric: isCount ? countMetric : sumMetric,
    // Every unit gets outcomes of both metrics.
    unitId: unitOf(Math.floor(index / 2), units),
    value: isCount ? 1 : 1 + (index % 5),
    idempotencyKey: `import-${index}`,
  };
  if (index % badEvery !== badAt) return { outcome: good, refusal: null };
  const mistake = mistakes[Math.floor(index / badEvery) % mistakes.length] as (typeof mistakes)[number];
  return { outcome: { ...good, ...mistake.change }, refusal: mistake.refusal };
}

export interface ImportTotals {
  readonly good: number;
  readonly refused: number;
  /** Good rows of `countMetric`. */
  readonly count: number;
  /** Values of the good rows of `sumMetric`. */
  readonly sum: number;
}

/** What results must show once the first `rows` rows have been imported. */
export function totalsOf(rows: number, units: number): ImportTotals {
  const totals = { good: 0, refused: 0, count: 0, sum: 0 };
  for (let index = 0; index < rows; index++) {
    const { outcome, refusal } = importRow(index, units);
    if (refusal !== null) totals.refused++;
    else {
      totals.good++;
      if (outcome.metric === countMetric) totals.count++;
      else totals.sum += outcome.value as number;
    }
  }
  return totals;
}
