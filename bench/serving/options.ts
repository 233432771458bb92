import { parseArgs } from 'node:util';

export const parts = ['image224', 'image640', 'tabular', 'open', 'overload'] as const;
export type Part = (typeof parts)[number];
export const contenderNames = ['ceiling', 'ours', 'naive', 'seed'] as const;
export type ContenderName = (typeof contenderNames)[number];

export interface ServingOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly only: readonly Part[];
  readonly connections: readonly number[];
  readonly contenders: readonly ContenderName[];
  readonly processes: readonly number[];
  /** Requests a second of the open loop; null: half of what the slower of ours and naive can do. */
  readonly ratePerSecond: number | null;
  readonly deadlineMs: number;
  readonly modelsDir: string | null;
  readonly photosDir: string | null;
  readonly seedDir: string | null;
  readonly jsonFile: string | null;
}

export const help = `npm run bench -- serving [options]

Starts every contender, loads them in turn, round after round, and prints medians and ratios with their spread.

  --quick                one short round of ours, naive and the ceiling at 16 connections (under a minute)
  --rounds N             rounds of everything (3)
  --seconds S            length of one measurement (3)
  --only LIST            of ${parts.join(',')} (all)
  --connections LIST     of the closed loop (1,16,64)
  --contenders LIST      of ${contenderNames.join(',')} (all that can run here)
  --processes LIST       values of PROCESSES that ours is run with (1)
  --rate R               requests a second of the open loop (half of what the slower of ours and naive can do)
  --deadline-ms N        deadlineMs of the overload (250)
  --models DIR           models to use instead: <name>/<version>/model.onnx or <name>.onnx; the first of images, the first of rows
  --photos DIR           photos to use instead of synthetic pictures
  --seed DIR             the folder with the seed's document, whose server becomes a contender
  --json FILE            everything that was measured, for programs
  --help                 this text
`;

const quick = { rounds: '1', seconds: '1', only: 'image224,image640,tabular', connections: '16', contenders: 'ceiling,ours,naive' };
const usual = { rounds: '3', seconds: '3', only: parts.join(','), connections: '1,16,64', contenders: contenderNames.join(',') };

/** @throws Error with a sentence for a mistake. @returns null when help was asked for. */
export function parseServingOptions(args: readonly string[]): ServingOptions | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean' },
      help: { type: 'boolean' },
      ...{ rounds: text, seconds: text, only: text, connections: text, contenders: text, processes: text, rate: text },
      ...{ 'deadline-ms': text, models: text, photos: text, seed: text, json: text },
    },
  });
  if (values.help) return null;
  const given = { ...(values.quick ? quick : usual), ...values };
  return {
    rounds: positive('--rounds', given.rounds),
    seconds: positive('--seconds', given.seconds, true),
    only: listOf('--only', given.only, parts),
    connections: given.connections.split(',').map((one) => positive('--connections', one)),
    contenders: listOf('--contenders', given.contenders, contenderNames),
    processes: (given.processes ?? '1').split(',').map((one) => positive('--processes', one)),
    ratePerSecond: given.rate === undefined ? null : positive('--rate', given.rate, true),
    deadlineMs: positive('--deadline-ms', given['deadline-ms'] ?? '250'),
    modelsDir: given.models ?? null,
    photosDir: given.photos ?? null,
    seedDir: given.seed ?? null,
    jsonFile: given.json ?? null,
  };
}

function positive(option: string, text: string, mayBeFraction = false): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value) && (mayBeFraction || Number.isInteger(value))) return value;
  throw new Error(`${option} must be a positive ${mayBeFraction ? '' : 'whole '}number, not "${text}".`);
}

function listOf<const T extends string>(option: string, text: string, allowed: readonly T[]): readonly T[] {
  return text.split(',').map((one) => {
    const found = allowed.find((value) => value === one);
    if (found === undefined) throw new Error(`${option} takes ${allowed.join(', ')}, separated by commas; "${one}" is none of them.`);
    return found;
  });
}
