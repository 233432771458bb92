import type { ExperimentPlan } from './experiment';
import { type FormProblem, problem } from './form-error';
import type { Metric } from './metric';
import { scoredMetrics } from './paired-facts';

const attributePattern = /^[^=\s]{1,64}$/;
const attributeRule = 'use 1 to 64 characters without spaces and "="';
/** A harm of a thousand times the control's mean is no limit. */
const maxHarm = 1_000;

/** What is wrong with what a plan measures: its metrics, guardrails and segments. */
export function measureProblems(plan: ExperimentPlan, metrics: readonly Metric[]): FormProblem[] {
  return [
    ...phaseProblems(plan, metrics),
    ...adjustmentProblems(plan, metrics),
    ...metricProblems(plan, metrics),
    ...guardrailProblems(plan, metrics),
    ...segmentProblems(plan),
  ];
}

/** An adjustment of nothing that the plan measures is a mistake. */
function adjustmentProblems(
  { analysis, kind, primaryMetric, secondaryMetrics, guardrails }: ExperimentPlan,
  metrics: readonly Metric[],
): FormProblem[] {
  if (kind === 'SHADOW' || kind === 'BANDIT') return [];
  const keys = [primaryMetric, ...secondaryMetrics, ...guardrails.map(({ metric }) => metric)];
  const isOwn = (key: string) => metrics.some((metric) => metric.key === key && !metric.isBuiltIn && metric.quantile === null);
  const problems: FormProblem[] = [];
  if (analysis.cuped && !keys.some(isOwn))
    problems.push(
      problem(
        ['analysis', 'cuped'],
        'cuped adjusts metrics of your own, by what units did before; this plan has none. For accuracy and confidence there is controlScore.',
      ),
    );
  if (analysis.controlScore && !keys.some((key) => scoredMetrics.includes(key)))
    problems.push(problem(['analysis', 'controlScore'], `controlScore adjusts ${scoredMetrics.join(' and ')}; this plan has neither.`));
  return problems;
}

/** The phases of a bandit are averaged, and quantiles have no average. */
function phaseProblems({ kind, primaryMetric, secondaryMetrics, guardrails }: ExperimentPlan, metrics: readonly Metric[]): FormProblem[] {
  if (kind !== 'BANDIT') return [];
  const named: readonly (readonly [readonly (string | number)[], string])[] = [
    [['primaryMetric'], primaryMetric],
    ...secondaryMetrics.map((key, index) => [['secondaryMetrics', index], key] as const),
    ...guardrails.map(({ metric }, index) => [['guardrails', index, 'metric'], metric] as const),
  ];
  return named.flatMap(([field, key]) => {
    const metric = metrics.find((one) => one.key === key);
    if (!metric || metric.quantile === null) return [];
    return [
      problem(
        field,
        `A bandit averages its phases, which a quantile such as "${key}" does not allow for: watch a mean, or set kind to AB.`,
      ),
    ];
  });
}

function metricProblems({ primaryMetric, secondaryMetrics }: ExperimentPlan, metrics: readonly Metric[]): FormProblem[] {
  const repeated = secondaryMetrics.flatMap((key, index) =>
    key === primaryMetric || secondaryMetrics.indexOf(key) !== index
      ? [problem(['secondaryMetrics', index], `Metric "${key}" is named twice.`)]
      : [],
  );
  return [
    ...unknownMetric(primaryMetric, ['primaryMetric'], metrics),
    ...secondaryMetrics.flatMap((key, index) => unknownMetric(key, ['secondaryMetrics', index], metrics)),
    ...repeated,
  ];
}

function segmentProblems({ segments }: ExperimentPlan): FormProblem[] {
  return segments.flatMap((attribute, index) => {
    const field = ['segments', index];
    if (segments.indexOf(attribute) !== index) return [problem(field, `Attribute "${attribute}" is named twice.`)];
    return attributePattern.test(attribute) ? [] : [problem(field, `"${attribute}" cannot name an attribute here: ${attributeRule}.`)];
  });
}

function guardrailProblems({ guardrails }: ExperimentPlan, metrics: readonly Metric[]): FormProblem[] {
  return guardrails.flatMap(({ metric, maxRelativeHarm }, index) => {
    const problems = unknownMetric(metric, ['guardrails', index, 'metric'], metrics);
    if (guardrails.findIndex((one) => one.metric === metric) !== index)
      problems.push(problem(['guardrails', index, 'metric'], `Two guardrails are about metric "${metric}".`));
    if (!(maxRelativeHarm >= 0 && maxRelativeHarm <= maxHarm)) {
      const sentence = `maxRelativeHarm is a share of the control's mean, 0 to ${maxHarm} (0.1: a tenth worse), not ${maxRelativeHarm}.`;
      problems.push(problem(['guardrails', index, 'maxRelativeHarm'], sentence));
    }
    const quantile = metrics.find(({ key, kind }) => key === metric && kind === 'quantile');
    if (quantile?.direction === 'higher' && maxRelativeHarm >= 1) {
      const sentence = `Of a quantile for which higher is better, less than all of it can be tolerated: maxRelativeHarm below 1, not ${maxRelativeHarm}.`;
      problems.push(problem(['guardrails', index, 'maxRelativeHarm'], sentence));
    }
    return problems;
  });
}

function unknownMetric(key: string, field: readonly (string | number)[], metrics: readonly Metric[]): FormProblem[] {
  const known = metrics.map((metric) => metric.key);
  return known.includes(key) ? [] : [problem(field, `There is no metric "${key}". Metrics: ${known.join(', ')}.`, 'METRIC_NOT_FOUND')];
}
