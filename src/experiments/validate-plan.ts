import type { HashVersion } from '../assignment/hash';
import type { JsonObject } from '../events/event';
import type { HoldoutPlan, PrerequisitePlan } from './audience';
import type { ExperimentKind, ExperimentPlan, KindPlan, Variant } from './experiment';
import { type FormProblem, problem } from './form-error';
import type { Guardrail } from './guardrail';
import type { Metric } from './metric';
import type { ModelCatalog } from './model-catalog';
import type { NamespaceRange } from './namespace-range';
import { coverageOf, defaultRollout, type RolloutPlan } from './rollout';
import { maxSegmentAttributes } from './segment';
import { type AnalysisForm, analysisProblems, completeAnalysis } from './validate-analysis';
import { audienceProblems, type KnownExperiment } from './validate-audience';
import { type BanditForm, banditProblems, completeBandit } from './validate-bandit';
import { measureProblems } from './validate-measures';
import { rolloutProblems } from './validate-rollout';
import { shadowOnlyProblems, shadowProblems } from './validate-shadow';
import { trafficProblems } from './validate-traffic';

export interface VariantPlan {
  readonly key: string;
  readonly name?: string | null | undefined;
  readonly version: string;
  readonly weight?: number | null | undefined;
  readonly control?: boolean | null | undefined;
}

export interface GuardrailPlan {
  readonly metric: string;
  readonly maxRelativeHarm?: number | null | undefined;
  readonly action?: Guardrail['action'] | null | undefined;
}

export interface CreateExperiment {
  readonly kind?: ExperimentKind | null | undefined;
  /** Absent: the usual steps. */
  readonly rollout?: RolloutPlan | null | undefined;
  readonly bandit?: BanditForm | null | undefined;
  readonly key: string;
  readonly name?: string | null | undefined;
  readonly hypothesis?: string | null | undefined;
  readonly model: string;
  readonly variants: readonly VariantPlan[];
  readonly coverage?: number | null | undefined;
  readonly targeting?: JsonObject | null | undefined;
  /** One part; like `namespaces` with that alone. */
  readonly namespace?: NamespaceRange | null | undefined;
  readonly namespaces?: readonly NamespaceRange[] | null | undefined;
  readonly holdout?: HoldoutPlan | null | undefined;
  readonly prerequisites?: readonly PrerequisitePlan[] | null | undefined;
  readonly hashAttribute?: string | null | undefined;
  /** Variant by unit. */
  readonly forced?: Readonly<Record<string, string>> | null | undefined;
  readonly seed?: string | null | undefined;
  readonly hashVersion?: number | null | undefined;
  readonly primaryMetric: string;
  readonly secondaryMetrics?: readonly string[] | null | undefined;
  readonly guardrails?: readonly GuardrailPlan[] | null | undefined;
  readonly segments?: readonly string[] | null | undefined;
  readonly analysis?: AnalysisForm | null | undefined;
}

/** What may change while the plan is a draft; what may change later, `editExperiment` says. */
export type UpdateExperiment = Partial<Omit<CreateExperiment, 'key' | 'model'>>;

export const keyPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const keyRule = 'use 1 to 63 lower-case letters, digits, "-" and "_", beginning with a letter or digit';
export const maxTextLength = 500;
const maxVariants = 20;
const maxSecondaryMetrics = 100;
const maxGuardrails = 20;
const defaultRolloutHarm = 0.05;
const weightTolerance = 1e-6;

export interface PlanContext {
  readonly catalog: ModelCatalog;
  readonly metrics: readonly Metric[];
  /** Those there are, for prerequisites. */
  readonly experiments: readonly KnownExperiment[];
  readonly now: Date;
}

/** Completes a plan with its defaults and collects every mistake in it. The plan is usable only when there are none. */
export function validatePlan(
  input: CreateExperiment,
  context: PlanContext,
): { readonly plan: ExperimentPlan; readonly problems: readonly FormProblem[] } {
  const kind = input.kind ?? 'AB';
  const variants = completeVariants(input.variants, kind);
  const analysis = completeAnalysis(input.analysis ?? {});
  const ofKind = completeKind(kind, input);
  const { rollout } = ofKind;
  const plan: ExperimentPlan = {
    key: input.key,
    name: input.name ?? input.key,
    hypothesis: input.hypothesis ?? null,
    model: input.model,
    ...ofKind,
    variants,
    coverage: rollout?.steps[0] ? coverageOf(rollout.steps[0]) : (input.coverage ?? 1),
    targeting: input.targeting ?? null,
    namespaces: [...(input.namespace ? [input.namespace] : []), ...(input.namespaces ?? [])],
    holdout: input.holdout ?? null,
    prerequisites: input.prerequisites ?? [],
    hashAttribute: input.hashAttribute ?? null,
    forced: input.forced ?? {},
    seed: input.seed ?? input.key,
    hashVersion: (input.hashVersion ?? 2) as HashVersion,
    primaryMetric: input.primaryMetric,
    secondaryMetrics: input.secondaryMetrics ?? [],
    guardrails: completeGuardrails(input, rollout),
    segments: input.segments ?? [],
    analysis,
    createdAt: context.now,
  };
  // Longer lists are refused for their length alone: each of their entries would be compared with all the others.
  const excess = checkLengths(input);
  if (excess.length > 0) return { plan, problems: excess };
  const problems = [
    ...checkTexts(plan),
    ...checkModel(plan, context.catalog),
    ...checkVariants(input.variants),
    ...trafficProblems(plan, input),
    ...audienceProblems(plan, context.metrics, context.experiments),
    ...measureProblems(plan, context.metrics),
    ...analysisProblems(input.analysis ?? {}, kind),
    ...checkKind(input, plan),
  ];
  return { plan, problems };
}

function completeKind(kind: ExperimentKind, { rollout, bandit }: CreateExperiment): KindPlan {
  if (kind === 'ROLLOUT') return { kind, rollout: rollout ?? defaultRollout, bandit: null };
  if (kind === 'BANDIT') return { kind, rollout: null, bandit: completeBandit(bandit ?? {}) };
  return { kind, rollout: null, bandit: null };
}

/** Nothing goes into production of which is not known that it does no harm: the primary metric of a rollout has a guardrail in any case. */
function completeGuardrails({ guardrails, primaryMetric }: CreateExperiment, rollout: RolloutPlan | null): readonly Guardrail[] {
  const given = (guardrails ?? []).map(({ metric, maxRelativeHarm, action }): Guardrail => {
    return { metric, maxRelativeHarm: maxRelativeHarm ?? 0, action: action ?? 'STOP' };
  });
  if (!rollout || given.some(({ metric }) => metric === primaryMetric)) return given;
  return [...given, { metric: primaryMetric, maxRelativeHarm: defaultRolloutHarm, action: 'STOP' }];
}

function completeVariants(variants: readonly VariantPlan[], kind: ExperimentKind): readonly Variant[] {
  const hasControl = variants.some((variant) => variant.control === true);
  return variants.map((variant, index) => {
    const isControl = hasControl ? variant.control === true : index === 0;
    const usualWeight = kind === 'SHADOW' ? Number(isControl) : 1 / variants.length;
    const { key, version, name, weight } = variant;
    return { key, name: name ?? key, version, weight: weight ?? usualWeight, isControl };
  });
}

function checkLengths({ variants, secondaryMetrics, guardrails, segments }: CreateExperiment): FormProblem[] {
  const problems: FormProblem[] = [];
  if (variants.length > maxVariants) problems.push(tooFewOrMany(variants.length));
  const metrics = secondaryMetrics?.length ?? 0;
  if (metrics > maxSecondaryMetrics) {
    problems.push(problem(['secondaryMetrics'], `An experiment has at most ${maxSecondaryMetrics} secondary metrics, not ${metrics}.`));
  }
  const rails = guardrails?.length ?? 0;
  if (rails > maxGuardrails) problems.push(problem(['guardrails'], `An experiment has at most ${maxGuardrails} guardrails, not ${rails}.`));
  const attributes = segments?.length ?? 0;
  if (attributes > maxSegmentAttributes) {
    problems.push(problem(['segments'], `Results can be told apart by at most ${maxSegmentAttributes} attributes, not ${attributes}.`));
  }
  return problems;
}

function tooFewOrMany(variants: number): FormProblem {
  return problem(['variants'], `An experiment has 2 to ${maxVariants} variants, not ${variants}.`);
}

function checkTexts({ key, name, hypothesis, seed }: ExperimentPlan): FormProblem[] {
  const problems: FormProblem[] = [];
  if (!keyPattern.test(key)) problems.push(problem(['key'], `"${key}" cannot be a key: ${keyRule}.`));
  if (name.trim() === '' || name.length > maxTextLength)
    problems.push(problem(['name'], `The name must have 1 to ${maxTextLength} characters.`));
  if (hypothesis !== null && hypothesis.length > 4 * maxTextLength) {
    problems.push(problem(['hypothesis'], `The hypothesis must have at most ${4 * maxTextLength} characters.`));
  }
  if (seed === '' || seed.length > maxTextLength) problems.push(problem(['seed'], `The seed must have 1 to ${maxTextLength} characters.`));
  return problems;
}

function checkModel({ model, variants }: ExperimentPlan, catalog: ModelCatalog): FormProblem[] {
  const versions = catalog.versions(model);
  if (versions === null) return [problem(['model'], `There is no model "${model}".`, 'MODEL_NOT_FOUND')];
  const known = versions.map((version) => version.version);
  return variants.flatMap(({ version }, index) =>
    known.includes(version)
      ? []
      : [
          problem(
            ['variants', index, 'version'],
            `${model} has no version "${version}" (a label is not taken here). Versions: ${known.join(', ')}.`,
            'VERSION_NOT_FOUND',
          ),
        ],
  );
}

function checkVariants(variants: readonly VariantPlan[]): FormProblem[] {
  const problems: FormProblem[] = [];
  if (variants.length < 2) problems.push(tooFewOrMany(variants.length));
  for (const [index, { key }] of variants.entries()) {
    if (!keyPattern.test(key)) problems.push(problem(['variants', index, 'key'], `"${key}" cannot be a key: ${keyRule}.`));
    if (variants.findIndex((other) => other.key === key) !== index)
      problems.push(problem(['variants', index, 'key'], `Two variants have the key "${key}".`));
  }
  if (variants.filter((variant) => variant.control === true).length > 1)
    problems.push(problem(['variants'], 'Only one variant can be the control.'));
  return [...problems, ...checkWeights(variants)];
}

function checkWeights(variants: readonly VariantPlan[]): FormProblem[] {
  const given = variants.filter((variant) => typeof variant.weight === 'number');
  if (given.length === 0) return [];
  const problems = variants.flatMap(({ weight }, index) => {
    const field = ['variants', index, 'weight'];
    if (typeof weight !== 'number') return [problem(field, 'Give every variant a weight, or none (then all weigh the same).')];
    return Number.isFinite(weight) && weight >= 0 ? [] : [problem(field, `A weight must be a number of at least 0, not ${weight}.`)];
  });
  if (problems.length > 0) return problems;
  const sum = given.reduce((total, variant) => total + (variant.weight ?? 0), 0);
  // Nine digits show every sum that is refused as different from 1.
  return Math.abs(sum - 1) <= weightTolerance
    ? []
    : [problem(['variants'], `The weights sum to ${Number(sum.toPrecision(9))}; they must sum to 1.`)];
}

function checkKind(input: CreateExperiment, plan: ExperimentPlan): FormProblem[] {
  const { rollout, bandit, variants } = plan;
  const problems = plan.kind === 'SHADOW' ? shadowProblems(input.variants, plan) : shadowOnlyProblems(plan);
  if (rollout) problems.push(...rolloutProblems(input, rollout));
  else if (input.rollout != null) problems.push(problem(['rollout'], 'Only a rollout has steps: set kind to ROLLOUT.'));
  const weights = variants.map(({ weight }) => weight);
  if (bandit) problems.push(...banditProblems(bandit, weights));
  else if (input.bandit != null) problems.push(problem(['bandit'], 'Only a bandit changes its weights: set kind to BANDIT.'));
  return problems;
}
