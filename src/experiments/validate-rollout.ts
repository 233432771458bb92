import { type FormProblem, problem } from './form-error';
import type { RolloutPlan } from './rollout';

const maxSteps = 20;
const maxDurationMs = 90 * 86_400_000;
const maxUnits = 1e9;

interface RolloutForm {
  readonly variants: readonly { readonly weight?: number | null | undefined }[];
  readonly coverage?: number | null | undefined;
}

/** What is wrong with a plan as a rollout; the steps are there, given or by default. */
export function rolloutProblems({ variants, coverage }: RolloutForm, { steps }: RolloutPlan): FormProblem[] {
  const problems: FormProblem[] = [];
  if (variants.length !== 2)
    problems.push(problem(['variants'], `A rollout has two variants, what serves now and what shall serve, not ${variants.length}.`));
  if (variants.some(({ weight }) => weight != null && weight !== 0.5))
    problems.push(problem(['variants'], 'The variants of a rollout take no weights: both get the share of the step.'));
  if (coverage != null && coverage !== 1) problems.push(problem(['coverage'], 'A rollout takes no coverage: its steps say it.'));
  if (steps.length < 1 || steps.length > maxSteps)
    problems.push(problem(['rollout', 'steps'], `A rollout has 1 to ${maxSteps} steps, not ${steps.length}.`));
  else problems.push(...steps.flatMap((_, index) => stepProblems(steps, index)));
  return problems;
}

function stepProblems(steps: RolloutPlan['steps'], index: number): FormProblem[] {
  const { share = Number.NaN, minDurationMs = Number.NaN, minUnits = Number.NaN } = steps[index] ?? {};
  const before = steps[index - 1]?.share ?? 0;
  const problems: FormProblem[] = [];
  const add = (field: string, message: string) => problems.push(problem(['rollout', 'steps', index, field], message));
  if (!(share > 0 && share <= 0.5))
    add(
      'share',
      `The share of a step is above 0 and at most 0.5, for the control needs as much, not ${share}; after the last step all follow.`,
    );
  else if (share <= before) add('share', `Each step serves more than the one before it (${before}), not ${share}.`);
  if (!(minDurationMs >= 0 && minDurationMs <= maxDurationMs))
    add('minDurationMs', `minDurationMs must be from 0 to ${maxDurationMs}, which is 90 days, not ${minDurationMs}.`);
  if (!(Number.isInteger(minUnits) && minUnits >= 0 && minUnits <= maxUnits))
    add('minUnits', `minUnits must be a whole number from 0 to ${maxUnits}, not ${minUnits}.`);
  return problems;
}
