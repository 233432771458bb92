import type { AssignmentRule } from './assignment-rule';
import { compileAssignment, type Decide } from './compile-assignment';
import type { Decision } from './decision';
import type { Decisions } from './prerequisite';
import type { Unit } from './unit';

/**
 * Makes of several rules one function that decides about a unit for all of them, parents before those that depend on them.
 *
 * @returns a function from a unit to the decision of each experiment, by its key, in the order of deciding.
 * @throws RangeError when two rules have one key, and when prerequisites name an experiment that is not among the rules or go round in a circle
 * (the SDK finds a circle at each evaluation, and leaves the unit out); also what `compileAssignment` throws.
 * @example compileTogether([{ key: 'x', variants: ['old', 'new'] }])({ id: 'a', attributes: null, documents: null }).get('x')?.variant; // 'old'
 */
export function compileTogether(rules: readonly AssignmentRule[]): (unit: Unit) => Decisions {
  const decides = parentsFirst(rules).map((rule): [string, Decide] => [rule.key, compileAssignment(rule)]);
  return (unit) => {
    const decisions = new Map<string, Decision>();
    for (const [key, decide] of decides) decisions.set(key, decide(unit, decisions));
    return decisions;
  };
}

function parentsFirst(rules: readonly AssignmentRule[]): AssignmentRule[] {
  const byKey = new Map(rules.map((rule) => [rule.key, rule]));
  if (byKey.size < rules.length) throw new RangeError('Two experiments have the same key.');
  const ordered = new Set<AssignmentRule>();
  const visit = (rule: AssignmentRule, children: readonly string[]): void => {
    if (ordered.has(rule)) return;
    const path = [...children, rule.key];
    if (children.includes(rule.key)) throw new RangeError(`Prerequisites go round in a circle: ${path.join(' -> ')}.`);
    for (const { experiment } of rule.prerequisites ?? []) {
      const parent = byKey.get(experiment);
      if (parent === undefined) throw new RangeError(`"${rule.key}" needs "${experiment}", which is not among the experiments.`);
      visit(parent, path);
    }
    ordered.add(rule);
  };
  for (const rule of rules) visit(rule, []);
  return [...ordered];
}
