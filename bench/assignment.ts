import { GrowthBookClient } from '@growthbook/growthbook';
import type { AssignmentRule } from '../src/assignment/assignment-rule';
import { compileAssignment } from '../src/assignment/compile-assignment';
import type { Unit } from '../src/assignment/unit';

export const assignmentHelp = `npm run bench -- assignment [rounds]

Decides about 100,000 units again and again, ours and GrowthBook's SDK in turn, on one core, and prints millions of decisions a second.
`;

const units = 100_000;
const decisionsARound = 400_000;
const attributes = Array.from({ length: units }, (_, index) => ({
  id: `user-${index}`,
  country: index % 3 === 0 ? 'DE' : 'FR',
  age: index % 90,
}));
const ourUnits: readonly Unit[] = attributes.map((unit) => ({ id: unit.id, attributes: unit, documents: null }));
const contexts = attributes.map((unit) => ({ attributes: unit }));

const base = { key: 'exp', seed: 'exp', hashVersion: 2, coverage: 0.8, weights: [0.5, 0.3, 0.2] } as const;
const condition = { age: { $gte: 18 } };

/** Decides about one unit, by its place in the list. @returns the variant's place, -1 outside the experiment. */
type Contender = (unit: number) => number;

function ours(rule: Partial<AssignmentRule>): Contender {
  const decide = compileAssignment({ ...base, variants: ['a', 'b', 'c'], ...rule });
  return (unit) => decide(ourUnits[unit] as Unit).index ?? -1;
}

function sdk(rule: { readonly condition?: typeof condition }): Contender {
  const rules = [{ ...base, weights: [...base.weights], variations: [0, 1, 2], meta: [{}, {}, {}], ...rule }];
  const client = new GrowthBookClient().initSync({ payload: { features: { exp: { defaultValue: -1, rules } } } });
  return (unit) => client.evalFeature<number>('exp', contexts[unit] as { attributes: Record<string, unknown> }).value ?? -1;
}

const workloads = [
  { name: 'no condition', contenders: { ours: ours({}), sdk: sdk({}), 'ours, hash 3': ours({ hashVersion: 3 }) } },
  {
    name: 'one condition',
    contenders: {
      ours: ours({ targeting: condition }),
      sdk: sdk({ condition }),
      'ours, hash 3': ours({ targeting: condition, hashVersion: 3 }),
    },
  },
];

/** Rounds interleaved, each beginning with another contender, so that a slow moment of the machine hits all. */
export function runAssignment(rounds: number, print: (line: string) => void): void {
  // As in production: in development the SDK prepares a message for its log with each decision.
  process.env.NODE_ENV = 'production';
  for (const { name, contenders } of workloads) {
    checkAgreement(contenders.ours, contenders.sdk);
    const entries = Object.entries(contenders);
    const rates = new Map(entries.map(([contender]) => [contender, [] as number[]]));
    for (const [, decide] of entries) measure(decide);
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < entries.length; turn++) {
        const [contender, decide] = entries[(round + turn) % entries.length] as [string, Contender];
        rates.get(contender)?.push(measure(decide));
      }
    }
    print(`${name}: million decisions a second, median (lowest - highest) of ${rounds} rounds, and times the SDK of the same round`);
    for (const [contender, seen] of rates) {
      const ratios = seen.map((rate, round) => rate / (rates.get('sdk')?.[round] as number));
      print(`  ${contender.padEnd(14)} ${spread(seen).padEnd(26)} ${spread(ratios)}x`);
    }
  }
}

function checkAgreement(one: Contender, other: Contender): void {
  for (let unit = 0; unit < units; unit++) {
    if (one(unit) !== other(unit)) throw new Error(`Ours and the SDK's variant of user-${unit} differ: ${one(unit)} and ${other(unit)}.`);
  }
}

function measure(decide: Contender): number {
  let sum = 0;
  const startedAtMs = performance.now();
  for (let decision = 0; decision < decisionsARound; decision++) sum += decide(decision % units);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  // Used, so that no compiler may leave the work out.
  if (Number.isNaN(sum)) throw new Error('A decision is not a number.');
  return decisionsARound / seconds / 1e6;
}

function spread(values: readonly number[]): string {
  const ordered = [...values].sort((a, b) => a - b);
  const [lowest, median, highest] = [0, Math.floor(ordered.length / 2), ordered.length - 1].map((place) =>
    (ordered[place] ?? 0).toFixed(2),
  );
  return `${median} (${lowest} - ${highest})`;
}
