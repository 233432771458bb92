import { parseArgs } from 'node:util';
import { settings } from './settings';

export interface ErrorRatesOptions {
  readonly runs: number;
  readonly looks: readonly number[];
  /** Positions in `settings`. */
  readonly only: readonly number[];
  readonly alpha: number;
  readonly seed: number;
  readonly threads: number | null;
  readonly jsonFile: string | null;
}

export const errorRatesHelp = `npm run bench -- error-rates [options]

Simulates experiments whose truth is known, looks at them again and again, and prints how often our ANYTIME method and a fixed-horizon test call
a difference where there is none, whether all intervals hold the truth, and how soon a real difference is called.

  --runs N        experiments of each kind (10000: about 25 minutes on two busy cores)
  --looks LIST    looks at each: up to 50 after equally many units, more spaced geometrically up to 20,000 units (30,200)
  --only LIST     of ${settings.map(({ name }) => name).join(',')} (all)
  --alpha A       promised error (0.05)
  --seed N        of the random numbers (1)
  --threads N     (all cores)
  --json FILE     everything that was counted, for programs
  --help          this text
`;

/** @throws Error with a sentence for a mistake. @returns null when help was asked for. */
export function parseErrorRatesOptions(args: readonly string[]): ErrorRatesOptions | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean' }, runs: text, looks: text, only: text, alpha: text, seed: text, threads: text, json: text },
  });
  if (values.help) return null;
  const alpha = Number(values.alpha ?? 0.05);
  if (!(alpha > 0 && alpha < 1)) throw new Error(`--alpha must lie between 0 and 1, not "${values.alpha}".`);
  return {
    runs: wholeNumber('--runs', values.runs ?? '10000'),
    looks: (values.looks ?? '30,200').split(',').map((one) => wholeNumber('--looks', one)),
    only: values.only === undefined ? settings.map((_, at) => at) : values.only.split(',').map(settingNamed),
    alpha,
    seed: wholeNumber('--seed', values.seed ?? '1'),
    threads: values.threads === undefined ? null : wholeNumber('--threads', values.threads),
    jsonFile: values.json ?? null,
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} must be a positive whole number, not "${text}".`);
}

function settingNamed(name: string): number {
  const at = settings.findIndex((setting) => setting.name === name);
  if (at === -1)
    throw new Error(`--only takes ${settings.map((one) => one.name).join(', ')}, separated by commas; "${name}" is none of them.`);
  return at;
}
