import { validateTargeting } from '../assignment/targeting';
import { idAttribute } from '../assignment/unit';
import type { PrerequisitePlan } from './audience';
import type { Experiment, ExperimentPlan } from './experiment';
import { type FormProblem, problem } from './form-error';
import type { Metric } from './metric';

const maxPrerequisites = 5;
const maxNameLength = 64;
const answers: readonly string[] = ['value', 'inExperiment'];

/** What prerequisites need to know of the experiments there are. */
export type KnownExperiment = Pick<Experiment, 'key' | 'variants' | 'prerequisites' | 'seed' | 'hashVersion'>;

/** What is wrong with what a plan hashes, with what it holds out, and with what it asks of other experiments. */
export function audienceProblems(plan: ExperimentPlan, metrics: readonly Metric[], known: readonly KnownExperiment[]): FormProblem[] {
  return [...hashAttributeProblems(plan, metrics), ...holdoutProblems(plan), ...prerequisiteProblems(plan, known)];
}

function hashAttributeProblems(plan: ExperimentPlan, metrics: readonly Metric[]): FormProblem[] {
  const { hashAttribute: attribute } = plan;
  if (attribute === null) return [];
  const field = ['hashAttribute'];
  if (attribute.trim() === '' || attribute.length > maxNameLength)
    return [problem(field, `The name of an attribute must have 1 to ${maxNameLength} characters.`)];
  if (attribute === idAttribute) return [problem(field, `"${idAttribute}" stands for the unitId: leave hashAttribute out.`)];
  return measured(plan).flatMap(({ metric: key, path }) => {
    const isSent = metrics.some((metric) => metric.key === key && !metric.isBuiltIn);
    if (!isSent) return [];
    const why = `Outcomes of "${key}" are sent by unitId, and units told apart by "${attribute}" have none`;
    return [problem(path, `${why}: use metrics that predictions measure themselves, or send ${attribute} as the unitId.`)];
  });
}

function measured({ primaryMetric, secondaryMetrics, guardrails }: ExperimentPlan) {
  return [
    { metric: primaryMetric, path: ['primaryMetric'] },
    ...secondaryMetrics.map((metric, index) => ({ metric, path: ['secondaryMetrics', index] })),
    ...guardrails.map(({ metric }, index) => ({ metric, path: ['guardrails', index, 'metric'] })),
  ];
}

function holdoutProblems({ holdout }: ExperimentPlan): FormProblem[] {
  if (holdout === null) return [];
  const { key, share } = holdout;
  const problems: FormProblem[] = [];
  if (key.trim() === '' || key.length > maxNameLength)
    problems.push(problem(['holdout', 'key'], `The key of a holdout must have 1 to ${maxNameLength} characters.`));
  if (!(share > 0 && share < 1))
    problems.push(problem(['holdout', 'share'], `A holdout is a share of the units, above 0 and below 1, not ${share}.`));
  return problems;
}

/** What is wrong with what a plan asks of other experiments. */
export function prerequisiteProblems(plan: ExperimentPlan, known: readonly KnownExperiment[]): FormProblem[] {
  const { prerequisites } = plan;
  if (prerequisites.length > maxPrerequisites) {
    const message = `An experiment has at most ${maxPrerequisites} prerequisites, not ${prerequisites.length}.`;
    return [problem(['prerequisites'], message)];
  }
  return prerequisites.flatMap((prerequisite, index) => {
    const field = ['prerequisites', index];
    const parent = known.find(({ key }) => key === prerequisite.experiment);
    const refused = parentProblem(plan, index, parent, known);
    if (refused !== null) return [problem([...field, 'experiment'], refused.message, refused.code)];
    const mistake = conditionProblem(prerequisite, parent);
    return mistake === null ? [] : [problem([...field, 'condition'], mistake)];
  });
}

function parentProblem(
  { key, prerequisites, seed, hashVersion }: ExperimentPlan,
  index: number,
  parent: KnownExperiment | undefined,
  known: readonly KnownExperiment[],
): Pick<FormProblem, 'message' | 'code'> | null {
  const { experiment } = prerequisites[index] as PrerequisitePlan;
  const code = 'BAD_USER_INPUT';
  if (experiment === key) return { code, message: `Experiment "${key}" cannot be a prerequisite of itself.` };
  if (parent === undefined) return { code: 'EXPERIMENT_NOT_FOUND', message: `There is no experiment "${experiment}".` };
  if (prerequisites.findIndex((one) => one.experiment === experiment) !== index)
    return { code, message: `Two prerequisites are about experiment "${experiment}": write one condition for both.` };
  const circle = pathBack(key, experiment, known);
  if (circle !== null) return { code, message: `Prerequisites go round in a circle: ${[key, ...circle].join(' needs ')}.` };
  if (parent.seed === seed && parent.hashVersion === hashVersion)
    return { code, message: `Experiment "${experiment}" has the seed "${seed}", too, so its variants would decide those of this one.` };
  return null;
}

/** The experiments from a parent to one that needs it, that one at the end; null: it is not needed there. */
function pathBack(key: string, parent: string, known: readonly KnownExperiment[]): readonly string[] | null {
  const seen = new Set<string>();
  const search = (one: string): readonly string[] | null => {
    if (one === key) return [one];
    if (seen.has(one)) return null;
    seen.add(one);
    const needed = known.find((other) => other.key === one)?.prerequisites ?? [];
    for (const { experiment } of needed) {
      const rest = search(experiment);
      if (rest !== null) return [one, ...rest];
    }
    return null;
  };
  return search(parent);
}

/** A mistake here would leave everybody out without a word. */
function conditionProblem({ experiment, condition }: PrerequisitePlan, parent: KnownExperiment | undefined): string | null {
  const mistake = validateTargeting(condition);
  if (mistake !== null) return mistake.replace(/^Targeting: /, 'Prerequisite: ');
  const names = Object.keys(condition);
  if (names.length === 0) return 'A prerequisite needs a condition, for example { "value": "new" }.';
  const unknown = names.find((name) => !name.startsWith('$') && !answers.includes(name));
  if (unknown !== undefined) return `A prerequisite is about "value" (the variant) or "inExperiment", not about "${unknown}".`;
  const { value } = condition;
  const variants = parent?.variants.map(({ key }) => key) ?? [];
  if (typeof value !== 'string' || variants.includes(value)) return null;
  return `Experiment "${experiment}" has no variant "${value}". Variants: ${variants.join(', ')}.`;
}
