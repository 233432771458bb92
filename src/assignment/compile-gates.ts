import type { AssignmentRule } from './assignment-rule';
import { compileTargeting } from './compile-targeting';
import { type Decision, type RefusalReason, refusal } from './decision';
import { compileFilter, compileNamespace } from './filter';
import { compileHoldout } from './holdout';
import { layerFilter } from './layer';
import { compilePrerequisite, type Decisions } from './prerequisite';
import type { Unit } from './unit';

/** The refusal of the first gate that a unit does not pass; null: it passes all. @param value what the experiment hashes. */
type Refuse = (unit: Unit, value: string, parents: Decisions) => Decision | null;

/** What a unit must pass before it is drawn. */
export interface Gates {
  /** Holdout and layer: they bind remembered units too. */
  readonly limits: Refuse;
  /** Filters or namespaces, targeting, prerequisites: a unit that is remembered has passed them once. */
  readonly audience: Refuse;
}

interface Gate {
  readonly admits: (unit: Unit, value: string, parents: Decisions) => boolean;
  readonly refused: Decision;
}

/** @throws RangeError for a hash version or a slot that does not exist, and for a layer with overlapping slots. */
export function compileGates(rule: AssignmentRule): Gates {
  return { limits: inOrder(limitsOf(rule)), audience: inOrder(audienceOf(rule)) };
}

function limitsOf({ key, holdout, layer }: AssignmentRule): Gate[] {
  const gates: Gate[] = [];
  if (holdout !== undefined) {
    const holds = compileHoldout(holdout);
    gates.push(gate('HELD_OUT', (unit) => !holds(unit)));
  }
  if (layer !== undefined) gates.push(gate('NOT_IN_LAYER', compileFilter(layerFilter(layer, key))));
  return gates;
}

function audienceOf({ filters, namespaces = [], targeting = null, prerequisites = [] }: AssignmentRule): Gate[] {
  const gates: Gate[] = [];
  for (const filter of filters ?? []) gates.push(gate('NOT_IN_NAMESPACE', compileFilter(filter)));
  for (const namespace of filters === undefined ? namespaces : []) {
    const holds = compileNamespace(namespace);
    gates.push(gate('NOT_IN_NAMESPACE', (_, value) => holds(value)));
  }
  if (targeting !== null) {
    const matches = compileTargeting(targeting);
    gates.push(gate('NOT_TARGETED', ({ attributes }) => matches(attributes)));
  }
  for (const prerequisite of prerequisites) {
    const met = compilePrerequisite(prerequisite);
    gates.push(gate('PREREQUISITE_NOT_MET', (_unit, _value, parents) => met(parents)));
  }
  return gates;
}

function gate(reason: RefusalReason, admits: Gate['admits']): Gate {
  return { admits, refused: refusal(reason) };
}

function inOrder(gates: readonly Gate[]): Refuse {
  const [only] = gates;
  if (only === undefined) return () => null;
  if (gates.length === 1) return (unit, value, parents) => (only.admits(unit, value, parents) ? null : only.refused);
  return (unit, value, parents) => {
    for (const { admits, refused } of gates) {
      if (!admits(unit, value, parents)) return refused;
    }
    return null;
  };
}
