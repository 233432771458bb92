import { parseArgs } from 'node:util';
import { positiveNumber } from '../experiments/positive-number';
import { outcomesPerUnit } from './outcome-stream';

export interface ResultsOptions {
  /** Of the large side. */
  readonly outcomes: number;
  /** Of the small one. */
  readonly small: number;
  readonly reads: number;
  readonly seed: number;
  readonly batchSize: number;
  /** Where the databases stay; null: in a temporary folder. */
  readonly keptDir: string | null;
  readonly jsonFile: string | null;
}

export const resultsHelp = `npm run bench -- results [options]

Makes two databases whose experiment went through the ingester, one of them with a thousand times the outcomes; reads the results of both by turns, in
this process and over HTTP; then computes everything again from the rows of outcomes and compares. Ends with 1 when something differs.

  --outcomes N    outcomes of the large database, a multiple of ${outcomesPerUnit} (10000000: about 4 GB, some quarter of an hour)
  --small N       outcomes of the small one (10000)
  --reads N       of each, in this process and over HTTP (400)
  --seed N        of the random numbers (1)
  --batch N       events a transaction of the ingester (2000)
  --data DIR      keeps the databases there; what is there is used again, and what was interrupted goes on
  --json FILE     everything that was measured, for programs
  --help          this text
`;

/** @throws Error with a sentence for a mistake. @returns null when help was asked for. */
export function parseResultsOptions(args: readonly string[]): ResultsOptions | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean' }, outcomes: text, small: text, reads: text, seed: text, batch: text, data: text, json: text },
  });
  if (values.help) return null;
  return {
    outcomes: outcomes('--outcomes', values.outcomes ?? '10000000'),
    small: outcomes('--small', values.small ?? '10000'),
    reads: positiveNumber('--reads', values.reads ?? '400'),
    seed: positiveNumber('--seed', values.seed ?? '1'),
    batchSize: positiveNumber('--batch', values.batch ?? '2000'),
    keptDir: values.data ?? null,
    jsonFile: values.json ?? null,
  };
}

function outcomes(option: string, text: string): number {
  const value = positiveNumber(option, text);
  if (value % outcomesPerUnit === 0) return value;
  throw new Error(`${option} must be a multiple of ${outcomesPerUnit}, the outcomes of a unit, not ${text}.`);
}
