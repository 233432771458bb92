import { table } from '../serving/table';
import type { ErrorRatesOptions } from './options';
import { settings } from './settings';
import type { Tally } from './simulate';

/** The counts of one setting and number of looks. */
export interface Cell {
  readonly setting: string;
  readonly looks: number;
  readonly lastUnits: number;
  readonly same: Tally;
  readonly different: Tally;
}

const header = [
  'setting',
  'looks',
  'A/A ours',
  'A/A fixed',
  'A/A covered',
  'A/B covered',
  'empty A/A',
  'empty A/B',
  'A/B called',
  'at units',
];

export function reportLines(cells: readonly Cell[], { runs, alpha, only }: ErrorRatesOptions): readonly string[] {
  const rows = cells.map(({ setting, looks, same, different }) => [
    setting,
    String(looks),
    withError(same.called, same.runs),
    withError(same.fixedCalled, same.runs),
    withError(same.runs - same.missed, same.runs),
    withError(different.runs - different.missed, different.runs),
    percent(same.empty / same.runs, 2),
    percent(different.empty / different.runs, 2),
    percent(different.called / different.runs, 1),
    median(different.unitsToCall),
  ]);
  const broken = cells.flatMap(({ setting, looks, same, different }) => [
    ...(exceeds(same.called, runs, alpha) ? [`${setting} at ${looks} looks calls differences that are not there`] : []),
    ...(exceeds(same.missed, runs, alpha) ? [`${setting} at ${looks} looks misses the truth in A/A`] : []),
    ...(exceeds(different.missed, runs, alpha) ? [`${setting} at ${looks} looks misses the truth in A/B`] : []),
  ]);
  return [
    `${runs} runs of each; alpha ${alpha}; +- is two standard errors. A/A ours, fixed: some look called a difference that is not there.`,
    'Covered: the running intersection held the truth at every look. Empty: it became empty. At units: median of the runs that were called.',
    ...only.map((at) => `  ${settings[at]?.name}: ${settings[at]?.description}; ${percent(settings[at]?.treatmentShare ?? 0, 0)} treated`),
    table(header, rows),
    ...(broken.length === 0
      ? ['No rate of errors is above alpha by more than two standard errors.']
      : ['ABOVE alpha by more than two standard errors:']),
    ...broken.map((line) => `  ${line}`),
  ];
}

/** Whether a share is above alpha by more than two standard errors of a share of alpha. */
export function exceeds(count: number, runs: number, alpha: number): boolean {
  return count / runs > alpha + 2 * Math.sqrt((alpha * (1 - alpha)) / runs);
}

function withError(count: number, runs: number): string {
  const share = count / runs;
  return `${percent(share, 2)} +- ${(200 * Math.sqrt((share * (1 - share)) / runs)).toFixed(2)}`;
}

function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)}%`;
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((one, other) => one - other);
  return String(sorted[Math.floor(sorted.length / 2)] ?? '-');
}
