import type { Experiment, ExperimentPlan } from './experiment';
import { refusal } from './experiment-conditions';
import { type FormProblem, refuseIfAny } from './form-error';
import { changedAnalysis } from './validate-analysis';
import { type CreateExperiment, type PlanContext, type UpdateExperiment, validatePlan } from './validate-plan';

export interface Edit {
  readonly after: Experiment;
  /** What changed, from what to what. */
  readonly detail: string;
}

const changeable = 'its name, its hypothesis, a higher coverage, further forced variants and guardrails that stop instead of warn';
/** Fields of a form that are another one in the plan. */
const planNames: Readonly<Record<string, keyof ExperimentPlan>> = { namespace: 'namespaces' };

/**
 * An experiment after an edit, which is its next revision; null: nothing would change.
 *
 * A draft may become anything. Once units take part, only what cannot make a verdict false more often may change, however much somebody has seen of the
 * results before: words; a higher coverage (it adds units and moves none; every method is about the units it has); forced variants of units that have
 * not been seen; and a guardrail that stops where it warned, with the same margin. Everything else, chosen after a look, would be another experiment.
 *
 * @param exposed which of these units the experiment has seen. @throws FormError with every mistake; INVALID_STATE for what is fixed by now.
 */
export async function editExperiment(
  before: Experiment,
  input: UpdateExperiment,
  context: PlanContext,
  exposed: (unitIds: readonly string[]) => Promise<readonly string[]>,
): Promise<Edit | null> {
  if (before.status === 'STOPPED') throw refusal('INVALID_STATE', `Experiment "${before.key}" is STOPPED; nothing of it can be changed.`);
  const { plan, problems } = validatePlan(mergedForm(before, input), context);
  const names = fieldsOf(input).map((name) => planNames[name] ?? (name as keyof ExperimentPlan));
  if (before.status !== 'DRAFT') await refuseLocked(before, plan, names, exposed);
  // What is wrong with the rest of a started plan by now, a version that is gone, must not keep it from a better name.
  refuseIfAny(before.status === 'DRAFT' ? problems : problems.filter(({ field: [first] }) => names.includes(formName(first))));
  const own = before.status === 'DRAFT' ? { ...plan, createdAt: before.createdAt } : only(plan, names);
  // The kind changes in a draft only, and then all that belongs to it.
  const after = { ...before, ...own, revision: before.revision + 1 } as Experiment;
  const changed = (Object.keys(own) as (keyof ExperimentPlan)[]).filter((name) => textOf(before[name]) !== textOf(after[name]));
  if (changed.length === 0) return null;
  return { after, detail: changed.map((name) => `${name}: ${shown(before[name])} -> ${shown(after[name])}`).join('; ') };
}

/** The names of what an edit is about. */
export function fieldsOf(input: UpdateExperiment): readonly (keyof UpdateExperiment)[] {
  return Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [name as keyof UpdateExperiment]));
}

function mergedForm({ namespaces, ...before }: Experiment, input: UpdateExperiment): CreateExperiment {
  const isNamed = input.namespace !== undefined || input.namespaces !== undefined;
  return {
    ...before,
    ...(!isNamed && { namespaces }),
    variants: before.variants.map((one) => ({ ...one, control: one.isControl })),
    // That of a rollout follows from its steps.
    ...(before.kind === 'ROLLOUT' && { coverage: 1 }),
    ...withoutUndefined(input),
    ...(before.bandit && { bandit: { ...before.bandit, ...withoutUndefined(input.bandit ?? {}) } }),
    analysis: changedAnalysis(before.analysis, withoutUndefined(input.analysis ?? {})),
  };
}

/** A started plan is as strict as it was, or stricter. @throws FormError */
async function refuseLocked(
  before: Experiment,
  plan: ExperimentPlan,
  names: readonly (keyof ExperimentPlan)[],
  exposed: (unitIds: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  const problems: FormProblem[] = [];
  const add = (name: string, message: string) => problems.push({ code: 'INVALID_STATE', message, field: [name] });
  const locked = names.filter((name) => !openFields.includes(name));
  if (locked.length > 0) {
    const { key, status } = before;
    throw refusal('INVALID_STATE', `Experiment "${key}" is ${status}; only ${changeable} can be changed, not ${locked.join(', ')}.`);
  }
  if (names.includes('coverage')) addIf(coverageProblem(before, plan), 'coverage', add);
  if (names.includes('guardrails')) addIf(guardrailProblem(before, plan), 'guardrails', add);
  if (names.includes('forced')) addIf(await forcedProblem(before, plan, exposed), 'forcedVariants', add);
  refuseIfAny(problems);
}

const openFields: readonly (keyof ExperimentPlan)[] = ['name', 'hypothesis', 'coverage', 'forced', 'guardrails'];

function addIf(message: string | null, name: string, add: (name: string, message: string) => void): void {
  if (message !== null) add(name, message);
}

function coverageProblem(before: Experiment, { coverage }: ExperimentPlan): string | null {
  if (before.kind === 'ROLLOUT') return 'The coverage of a rollout follows from its steps.';
  if (!(coverage < before.coverage)) return null;
  return `The coverage can only grow from ${before.coverage} on: units that take part would lose their variant, and what they do afterwards would still count.`;
}

function guardrailProblem({ guardrails: before }: Experiment, { guardrails: after }: ExperimentPlan): string | null {
  const isSame = (index: number) => {
    const [one, two] = [before[index], after[index]];
    return (
      one?.metric === two?.metric && one?.maxRelativeHarm === two?.maxRelativeHarm && (one?.action === 'WARN' || two?.action === 'STOP')
    );
  };
  if (before.length === after.length && before.every((_, index) => isSame(index))) return null;
  return 'Of the guardrails only WARN can become STOP: others, other margins, or one that does not stop any more could be chosen by what was seen.';
}

async function forcedProblem(
  { forced: before, hashAttribute }: Experiment,
  { forced: after }: ExperimentPlan,
  exposed: (unitIds: readonly string[]) => Promise<readonly string[]>,
): Promise<string | null> {
  const moved = Object.keys(before).find((unitId) => before[unitId] !== after[unitId]);
  if (moved !== undefined)
    return `Unit "${moved}" has had its variant by force, so it must keep it: as evidence it would not be like the others.`;
  const added = Object.keys(after).filter((unitId) => !Object.hasOwn(before, unitId));
  if (added.length === 0) return null;
  if (hashAttribute !== null)
    return `Units are told apart by "${hashAttribute}", so nobody knows which unitId has been seen: force them in a draft.`;
  const [seen] = await exposed(added);
  return seen === undefined
    ? null
    : `Unit "${seen}" takes part already, and would take back what it has shown: force units that have not been seen.`;
}

function formName(first: string | undefined): keyof ExperimentPlan {
  return first === 'forcedVariants' ? 'forced' : (first as keyof ExperimentPlan);
}

function only(plan: ExperimentPlan, names: readonly (keyof ExperimentPlan)[]): Partial<ExperimentPlan> {
  return Object.fromEntries(names.map((name) => [name, plan[name]])) as Partial<ExperimentPlan>;
}

/** Equal texts: equal values. The store may hold the keys of an object in another order. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(byKey)) : one,
  );
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

const longest = 200;

function shown(value: unknown): string {
  const text = textOf(value);
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
