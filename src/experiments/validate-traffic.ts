import { validateTargeting } from '../assignment/targeting';
import type { ExperimentPlan } from './experiment';
import { type FormProblem, problem } from './form-error';
import type { NamespaceRange } from './namespace-range';

const maxForced = 100;
const maxNamespaceLength = 64;
const maxNamespaces = 10;
const hashVersions: readonly number[] = [1, 2, 3];

/** Which of a plan's namespaces stood alone in the form. */
interface NamespaceForm {
  readonly namespace?: NamespaceRange | null | undefined;
}

/** What is wrong with the part of the traffic that a plan takes, and with how it is split. */
export function trafficProblems(plan: ExperimentPlan, form: NamespaceForm): FormProblem[] {
  const { coverage, targeting, hashVersion } = plan;
  const problems: FormProblem[] = [];
  if (!(coverage >= 0 && coverage <= 1))
    problems.push(problem(['coverage'], `coverage is the share of units that take part, 0 to 1, not ${coverage}.`));
  if (!hashVersions.includes(hashVersion))
    problems.push(problem(['hashVersion'], `hashVersion must be 1 or 2 (GrowthBook's) or 3, not ${hashVersion}.`));
  const mistake = targeting === null ? null : validateTargeting(targeting);
  if (mistake !== null) problems.push(problem(['targeting'], mistake));
  return [...problems, ...namespaceProblems(plan, form), ...forcedProblems(plan)];
}

function namespaceProblems({ namespaces }: ExperimentPlan, { namespace }: NamespaceForm): FormProblem[] {
  if (namespaces.length > maxNamespaces)
    return [problem(['namespaces'], `An experiment has parts of at most ${maxNamespaces} namespaces, not of ${namespaces.length}.`)];
  const offset = namespace ? 1 : 0;
  return namespaces.flatMap(({ id, start, end }, index) => {
    const field = index < offset ? ['namespace'] : ['namespaces', index - offset];
    const problems: FormProblem[] = [];
    if (id.trim() === '' || id.length > maxNamespaceLength)
      problems.push(problem([...field, 'id'], `The id of a namespace must have 1 to ${maxNamespaceLength} characters.`));
    if (namespaces.findIndex((other) => other.id === id) !== index)
      problems.push(problem([...field, 'id'], `Two parts are of namespace "${id}", and a unit must be in all: name each namespace once.`));
    if (!(start >= 0 && start < end && end <= 1))
      problems.push(problem(field, `A part of a namespace goes from start to end within 0 to 1, not from ${start} to ${end}.`));
    return problems;
  });
}

function forcedProblems({ forced, variants }: ExperimentPlan): FormProblem[] {
  const units = Object.entries(forced);
  if (units.length > maxForced) return [problem(['forcedVariants'], `At most ${maxForced} units can be forced, not ${units.length}.`)];
  return units.flatMap(([unitId, variant], index) => {
    if (unitId === '') return [problem(['forcedVariants', index, 'unitId'], 'unitId must not be empty.')];
    if (variants.some(({ key }) => key === variant)) return [];
    return [problem(['forcedVariants', index, 'variant'], `There is no variant "${variant}".`)];
  });
}
