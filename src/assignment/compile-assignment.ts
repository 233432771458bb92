import type { AssignmentRule } from './assignment-rule';
import { bucketRanges, equalWeights } from './bucket-ranges';
import { compileGates, type Gates } from './compile-gates';
import { compileMemory, type Memory } from './compile-memory';
import { type Decision, type DecisionReason, refusal } from './decision';
import { compileHash, defaultHashVersion } from './hash';
import type { Decisions } from './prerequisite';
import { compileIdentity, idAttribute, type Unit } from './unit';
import { compileChoice, propensitiesOf, type VariantRanges } from './variant-ranges';

/** @param parents what other experiments have decided about the unit; needed for prerequisites. */
export type Decide = (unit: Unit, parents?: Decisions) => Decision;

const notRunning = refusal('NOT_RUNNING');
const noUnit = refusal('NO_UNIT');
const blocked = refusal('BLOCKED');
const notInCoverage = refusal('NOT_IN_COVERAGE');
const noParents: Decisions = new Map();

/**
 * Makes of a rule the function that decides about a unit: the same for ever, with no draw and no memory but the documents it is given. All that depends on
 * the rule alone is done here, so that a decision allocates nothing unless there is something to remember.
 *
 * The order, as in GrowthBook's `runExperiment`: running, forced unit, identity, *holdout, layer*, what was remembered; unless remembered: filters or
 * namespaces, targeting, prerequisites, the draw; then blocked bucket versions, coverage, forced variant. Holdout and layer are ours; they stand before
 * the memory because a unit that moved into a holdout or another slot would otherwise stay in two experiments.
 *
 * @throws RangeError for a hash version, a slot or a forced variant that does not exist, and for a layer with overlapping slots.
 * @see growthbook/growthbook packages/sdk-js/src/core.ts.
 * @example compileAssignment({ key: 'x', variants: ['old', 'new'] })({ id: 'a', attributes: null, documents: null }).variant; // 'old'
 */
export function compileAssignment(rule: AssignmentRule): Decide {
  const outcomes = compileOutcomes(rule);
  const forced = new Map(Object.entries(rule.forced ?? {}).map(([id, variant]) => [id, outcomes.forced(variant)]));
  const everybody = rule.forcedVariant === undefined ? null : outcomes.forced(rule.forcedVariant);
  const gates = compileGates(rule);
  const draw = compileDraw(rule, outcomes.assigned);
  const identity = compileIdentity(rule.hashAttribute ?? idAttribute);
  const memory = rule.isSticky === false ? null : compileMemory(rule, outcomes.sticky);
  if (rule.isRunning === false || rule.variants.length < 2) return () => notRunning;
  return (unit, parents = noParents) => {
    const pinned = forced.size === 0 || unit.id === null ? undefined : forced.get(unit.id);
    if (pinned !== undefined) return pinned;
    const decision =
      memory !== null && unit.documents !== null
        ? decideWithMemory(memory, gates, draw, unit, parents)
        : decideAnew(gates, draw, unit, identity(unit), parents);
    return everybody !== null && decision.variant !== null ? everybody : decision;
  };
}

type Draw = (value: string) => Decision;

function decideAnew(gates: Gates, draw: Draw, unit: Unit, value: string, parents: Decisions): Decision {
  if (value === '') return noUnit;
  return gates.limits(unit, value, parents) ?? gates.audience(unit, value, parents) ?? draw(value);
}

function decideWithMemory(memory: Memory, gates: Gates, draw: Draw, unit: Unit, parents: Decisions): Decision {
  const owner = memory.ownerOf(unit);
  if (owner.value === '') return noUnit;
  const limited = gates.limits(unit, owner.value, parents);
  if (limited !== null) return limited;
  const recalled = memory.recall(unit);
  if (recalled !== null && recalled !== 'blocked') return memory.keep(unit, owner, recalled);
  const refused = gates.audience(unit, owner.value, parents);
  if (refused !== null) return refused;
  if (recalled === 'blocked') return blocked;
  return memory.keep(unit, owner, draw(owner.value));
}

function compileDraw(rule: AssignmentRule, assigned: readonly Decision[]): Draw {
  const hash = compileHash(rule.seed ?? rule.key, rule.hashVersion ?? defaultHashVersion);
  const choose = compileChoice(rangesOf(rule));
  return (value) => assigned[choose(hash(value))] ?? notInCoverage;
}

/** What a rule gives to each variant, whether it names the ranges or weights and a coverage. */
export function rangesOf({ variants, ranges, coverage, weights }: AssignmentRule): VariantRanges {
  return ranges ?? bucketRanges(coverage ?? 1, weights ?? equalWeights(variants.length), variants.length).map((range) => [range]);
}

function compileOutcomes(rule: AssignmentRule) {
  // The coverage takes the same share of each variant, so it is left out: of a tiny one the masses would be mostly rounding.
  const propensities = propensitiesOf(rangesOf({ ...rule, coverage: 1 }));
  const outcome = (index: number, reason: DecisionReason, propensity: number | null): Decision =>
    Object.freeze({ variant: rule.variants[index] ?? null, index, reason, propensity, save: null });
  return {
    assigned: rule.variants.map((_, index) => outcome(index, 'ASSIGNED', shareOf(rule, index, propensities[index] ?? 0))),
    // A variant that nobody can draw any more was drawn with a probability that is not known.
    sticky: rule.variants.map((_, index) => outcome(index, 'STICKY', shareOf(rule, index, propensities[index] ?? 0) || null)),
    forced: (variant: string) => {
      const index = rule.variants.indexOf(variant);
      if (index === -1) throw new RangeError(`Experiment "${rule.key}" has no variant "${variant}" to force.`);
      return outcome(index, 'FORCED', 1);
    },
  };
}

/** The weight as it was written, where the ranges give the same up to rounding. */
function shareOf({ ranges, weights }: AssignmentRule, index: number, propensity: number): number {
  const weight = ranges === undefined ? weights?.[index] : undefined;
  return weight !== undefined && Math.abs(weight - propensity) < 1e-9 ? weight : propensity;
}
