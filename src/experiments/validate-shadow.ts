import type { ExperimentPlan } from './experiment';
import { type FormProblem, problem } from './form-error';
import { pairedMetrics } from './paired-facts';

/** What is wrong with a plan as a shadow. */
export function shadowProblems(variants: readonly { readonly weight?: number | null | undefined }[], plan: ExperimentPlan): FormProblem[] {
  const problems: FormProblem[] = [];
  const isPlain = variants.every(({ weight }, index) => weight == null || weight === Number(plan.variants[index]?.isControl));
  if (!isPlain)
    problems.push(
      problem(['variants'], 'The variants of a shadow take no weights: the control answers everybody, and the others beside it.'),
    );
  if (Object.keys(plan.forced).length > 0)
    problems.push(problem(['forcedVariants'], 'Nobody can be forced into a shadow: only the control answers.'));
  const measured: readonly (readonly [readonly (string | number)[], string])[] = [
    [['primaryMetric'], plan.primaryMetric],
    ...plan.secondaryMetrics.map((key, index) => [['secondaryMetrics', index], key] as const),
    ...plan.guardrails.map(({ metric }, index) => [['guardrails', index, 'metric'], metric] as const),
  ];
  for (const [field, key] of measured) {
    if (!pairedMetrics.includes(key))
      problems.push(
        problem(field, `"${key}" cannot be told of answers that nobody sees. Metrics of a shadow: ${pairedMetrics.join(', ')}.`),
      );
  }
  return problems;
}

/** What only a shadow can measure, in a plan that is none. */
export function shadowOnlyProblems({ primaryMetric, secondaryMetrics, guardrails }: ExperimentPlan): FormProblem[] {
  const problems: FormProblem[] = [];
  const add = (field: readonly (string | number)[]) =>
    problems.push(problem(field, 'Agreement needs two answers to the same input: set kind to SHADOW.'));
  if (primaryMetric === 'agreement') add(['primaryMetric']);
  for (const [index, key] of secondaryMetrics.entries()) if (key === 'agreement') add(['secondaryMetrics', index]);
  for (const [index, { metric }] of guardrails.entries()) if (metric === 'agreement') add(['guardrails', index, 'metric']);
  return problems;
}
