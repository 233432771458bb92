import { parseArgs } from 'node:util';

export interface ImportOptions {
  readonly rows: number;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly units: number;
}

export const importHelp = `npm run bench -- import [options]

Sends outcomes to a server of its own, 1,000 rows a call, one row of a hundred bad and every 50th call twice, and checks that each bad row is refused
with its code and that results count every good row once.

  --rows N         outcomes (1000000)
  --concurrency N  calls under way at once (4)
  --units N        units of the experiment that counts them (1000)
  --help           this text
`;

/** @throws Error with a sentence for a mistake. @returns null when help was asked for. */
export function parseImportOptions(args: readonly string[]): ImportOptions | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean' }, rows: text, concurrency: text, units: text },
  });
  if (values.help) return null;
  return {
    rows: wholeNumber('--rows', values.rows ?? '1000000'),
    concurrency: wholeNumber('--concurrency', values.concurrency ?? '4'),
    units: wholeNumber('--units', values.units ?? '1000'),
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} must be a positive whole number, not "${text}".`);
}
