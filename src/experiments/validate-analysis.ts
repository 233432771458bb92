import { type AnalysisMethod, type AnalysisPlan, type ExperimentKind, noCuped } from './experiment';
import { type FormProblem, problem } from './form-error';
import { leastUnits } from './metric-result';

export interface AnalysisForm {
  readonly method?: AnalysisMethod | null | undefined;
  readonly alpha?: number | null | undefined;
  readonly minimumDetectableEffect?: number | null | undefined;
  readonly nonInferiorityMargin?: number | null | undefined;
  readonly plannedUnitsPerVariant?: number | null | undefined;
  readonly cuped?: boolean | null | undefined;
  readonly cupedLookbackMs?: number | null | undefined;
  readonly controlScore?: boolean | null | undefined;
}

const defaultAlpha = 0.05;
const maxUnits = 1e12;
/** A change of a thousand times the control's mean needs no experiment. */
const maxEffect = 1000;
const [minLookbackMs, maxLookbackMs] = [3_600_000, 365 * 86_400_000];

export function completeAnalysis(form: AnalysisForm): AnalysisPlan {
  const { method = null, plannedUnitsPerVariant } = form;
  const terms = {
    alpha: form.alpha ?? defaultAlpha,
    minimumDetectableEffect: form.minimumDetectableEffect ?? null,
    nonInferiorityMargin: form.nonInferiorityMargin ?? null,
    cuped: form.cuped ?? noCuped.cuped,
    cupedLookbackMs: form.cupedLookbackMs ?? noCuped.cupedLookbackMs,
    controlScore: form.controlScore ?? noCuped.controlScore,
  };
  if (method !== 'FIXED_HORIZON') return { ...terms, method: method ?? 'ALWAYS_VALID' };
  return { ...terms, method, plannedUnitsPerVariant: plannedUnitsPerVariant ?? Number.NaN };
}

/** What is not named stays; only a horizon does not outlive the method that had it. */
export function changedAnalysis(before: AnalysisPlan, change: AnalysisForm): AnalysisForm {
  const isOtherMethod = change.method != null && change.method !== before.method;
  return { ...before, ...(isOtherMethod && { plannedUnitsPerVariant: null }), ...change };
}

export function analysisProblems(form: AnalysisForm, kind: ExperimentKind): FormProblem[] {
  const { method, alpha, minimumDetectableEffect, nonInferiorityMargin, cupedLookbackMs } = completeAnalysis(form);
  const problems: FormProblem[] = [];
  const add = (field: keyof AnalysisForm, message: string) => problems.push(problem(['analysis', field], message));
  if (!(alpha > 0 && alpha <= 0.5)) add('alpha', `alpha must be above 0 and at most 0.5, not ${alpha}.`);
  if (minimumDetectableEffect !== null && !(minimumDetectableEffect > 0 && minimumDetectableEffect <= maxEffect))
    add('minimumDetectableEffect', `minimumDetectableEffect must be above 0 and at most ${maxEffect}, not ${minimumDetectableEffect}.`);
  if (nonInferiorityMargin !== null && !(nonInferiorityMargin > 0 && nonInferiorityMargin <= 1))
    add(
      'nonInferiorityMargin',
      `nonInferiorityMargin is a share of the control's mean, above 0 and at most 1, not ${nonInferiorityMargin}.`,
    );
  if (!(cupedLookbackMs >= minLookbackMs && cupedLookbackMs <= maxLookbackMs))
    add('cupedLookbackMs', `cupedLookbackMs must be from ${minLookbackMs} (an hour) to ${maxLookbackMs} (a year), not ${cupedLookbackMs}.`);
  if (kind === 'ROLLOUT' && method !== 'ALWAYS_VALID')
    add('method', 'A rollout is looked at all the time; only ALWAYS_VALID can decide it.');
  if (kind === 'SHADOW' && (form.cuped || form.controlScore))
    add(form.cuped ? 'cuped' : 'controlScore', 'A shadow compares input by input; there is nothing left to adjust.');
  if (kind === 'BANDIT' && method === 'FIXED_HORIZON')
    add('method', 'The weights of a bandit follow its results again and again, which FIXED_HORIZON does not allow for: use ALWAYS_VALID.');
  if (kind === 'BANDIT' && (form.cuped || form.controlScore))
    add(form.cuped ? 'cuped' : 'controlScore', 'The phases of a bandit are compared one by one, and not adjusted.');
  const planned = form.plannedUnitsPerVariant ?? null;
  if (method === 'FIXED_HORIZON') {
    if (planned === null || !(Number.isInteger(planned) && planned >= leastUnits && planned <= maxUnits)) {
      const given = planned === null ? 'it is missing' : `not ${planned}`;
      add(
        'plannedUnitsPerVariant',
        `FIXED_HORIZON decides once, at a whole number of units a variant from ${leastUnits} on (see sampleSize); ${given}.`,
      );
    }
  } else if (planned !== null) add('plannedUnitsPerVariant', `Only FIXED_HORIZON plans its units; ${method} has no horizon.`);
  return problems;
}
