import { factorialInteraction } from '../statistics/factorial-interaction';
import { independenceTest } from '../statistics/independence-test';
import type { LiftEstimate } from '../statistics/lift';
import { normalQuantile, normalSurvival } from '../statistics/normal-distribution';
import { type ArmEstimate, ratioOfSums } from '../statistics/ratio-of-sums';
import { armVaries } from './arm-varies';
import type { Variant } from './experiment';
import { type Interval, leastUnits } from './metric-result';
import type { SharedCell, SharedUnits } from './shared-units';

export interface JointCell {
  readonly first: string;
  readonly second: string;
  readonly units: number;
  /** Null without a unit that counts. */
  readonly mean: number | null;
}

/** How much more (or less) the first experiment's treatment does where the second one's is in force, too. */
export interface Interaction {
  readonly first: string;
  readonly second: string;
  /** In the metric's own unit. Null: a cell has too few units, or nothing varies. */
  readonly difference: Interval | null;
  readonly pValue: number | null;
  /** Times the number of pairs, at most 1 (Bonferroni). */
  readonly adjustedPValue: number | null;
}

export interface InteractionReport {
  readonly first: string;
  readonly second: string;
  readonly metric: string;
  /** The experiment by whose exposures the metric is counted. */
  readonly totalsOf: string;
  readonly asOf: Date;
  /** In both. */
  readonly units: number;
  readonly sampledOneIn: number;
  readonly cells: readonly JointCell[];
  readonly independence: { readonly pValue: number | null; readonly dependent: boolean };
  readonly interactions: readonly Interaction[];
  readonly warnings: readonly string[];
}

export interface InteractionInput {
  readonly first: { readonly key: string; readonly variants: readonly Variant[] };
  readonly second: { readonly key: string; readonly variants: readonly Variant[] };
  readonly metric: string;
  readonly totalsOf: string;
  readonly alpha: number;
  readonly asOf: Date;
  readonly shared: SharedUnits;
}

/** An assignment this unlikely is a hash that two experiments share, not chance. */
const dependenceThreshold = 0.001;
/** Cochran's rule. */
const leastExpected = 5;

/** One look: the interval of each pair of treatments has alpha divided by their number. */
export function interactionReport(input: InteractionInput): InteractionReport {
  const { first, second, metric, totalsOf, asOf, shared } = input;
  const cellOf = (one: Variant, other: Variant) => shared.cells.find((cell) => cell.first === one.key && cell.second === other.key);
  const estimates = new Map(shared.cells.map((cell) => [cell, ratioOfSums(cell.sums)]));
  const units = shared.cells.reduce((sum, cell) => sum + cell.units, 0);
  const independence = independenceOf(first.variants.map((one) => second.variants.map((other) => cellOf(one, other)?.units ?? 0)));
  const interactions = pairsOf(input, (one, other) => {
    const cell = cellOf(one, other);
    return cell ? (estimates.get(cell) ?? null) : null;
  });
  return {
    ...{ first: first.key, second: second.key, metric, totalsOf, asOf, units, sampledOneIn: shared.sampledOneIn },
    cells: first.variants.flatMap((one) => second.variants.map((other) => jointCell(one, other, cellOf(one, other)))),
    independence,
    interactions,
    warnings: warningsOf(independence.dependent, interactions),
  };
}

function jointCell({ key: first }: Variant, { key: second }: Variant, cell: SharedCell | undefined): JointCell {
  const { units = 0, sums } = cell ?? {};
  return { first, second, units, mean: sums && sums.denominator > 0 ? sums.numerator / sums.denominator : null };
}

function independenceOf(table: readonly (readonly number[])[]): InteractionReport['independence'] {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0)).filter((count) => count > 0);
  const columns = (table[0] ?? []).map((_, at) => table.reduce((sum, row) => sum + (row[at] ?? 0), 0)).filter((count) => count > 0);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const isEnough = rows.length > 1 && columns.length > 1 && (Math.min(...rows) * Math.min(...columns)) / total >= leastExpected;
  const pValue = isEnough ? independenceTest(table).pValue : null;
  return { pValue, dependent: pValue !== null && pValue < dependenceThreshold };
}

function pairsOf(
  { first, second, alpha }: InteractionInput,
  estimateOf: (one: Variant, other: Variant) => ArmEstimate | null,
): readonly Interaction[] {
  const treatments = ({ variants }: InteractionInput['first']) => variants.filter(({ isControl }) => !isControl);
  const [base, otherBase] = [first, second].map(({ variants }) => variants.find(({ isControl }) => isControl));
  if (!base || !otherBase) return [];
  const pairs = treatments(first).flatMap((one) => treatments(second).map((other) => ({ one, other })));
  return pairs.map(({ one, other }): Interaction => {
    const [neither, onlyA] = [estimateOf(base, otherBase), estimateOf(one, otherBase)];
    const [onlyB, both] = [estimateOf(base, other), estimateOf(one, other)];
    const keys = { first: one.key, second: other.key };
    const isKnown = [neither, onlyA, onlyB, both].every((cell) => cell !== null && cell.units >= leastUnits);
    if (!neither || !onlyA || !onlyB || !both || !isKnown) return { ...keys, difference: null, pValue: null, adjustedPValue: null };
    if (![neither, onlyA, onlyB, both].some(armVaries)) return { ...keys, difference: null, pValue: null, adjustedPValue: null };
    return { ...keys, ...judged(factorialInteraction({ neither, onlyA, onlyB, both }), alpha, pairs.length) };
  });
}

function judged({ estimate, standardError }: LiftEstimate, alpha: number, pairs: number): Omit<Interaction, 'first' | 'second'> {
  if (standardError === 0) return { difference: null, pValue: null, adjustedPValue: null };
  const level = 1 - alpha / pairs;
  const halfWidth = -normalQuantile(alpha / pairs / 2) * standardError;
  const pValue = Math.min(1, 2 * normalSurvival(Math.abs(estimate) / standardError));
  return {
    difference: { estimate, lower: estimate - halfWidth, upper: estimate + halfWidth, level },
    pValue,
    adjustedPValue: Math.min(1, pairs * pValue),
  };
}

function warningsOf(isDependent: boolean, interactions: readonly Interaction[]): readonly string[] {
  const open = interactions.filter(({ difference }) => difference === null).length;
  return [
    ...(isDependent
      ? [
          'The two assignments are not independent, so each result contains a part of the other effect. Give the experiments different seeds.',
        ]
      : []),
    ...(open > 0
      ? [`${open} of ${interactions.length} pairs cannot be compared: each of their four cells needs ${leastUnits} units that differ.`]
      : []),
  ];
}
