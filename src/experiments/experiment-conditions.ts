import type { ErrorCode } from '../errors';
import type { Experiment, ExperimentEvent, ExperimentStatus, Variant } from './experiment';
import { FormError, refuseIfAny } from './form-error';
import { guardrailActor } from './guardrail';
import type { ModelCatalog } from './model-catalog';
import { prerequisiteProblems } from './validate-audience';
import { maxTextLength, type UpdateExperiment } from './validate-plan';

/* What must hold before an experiment changes. Each throws a FormError that says what does not. */

/**
 * Whoever is outside a rollout is served by the champion; its control must be the same, or the two could not be compared. And a shadow changes nobody's
 * answer.
 */
export function requireChampionAsControl(catalog: Pick<ModelCatalog, 'championOf'>, { key, kind, model, variants }: Experiment): void {
  const control = variants.find(({ isControl }) => isControl);
  const champion = catalog.championOf(model);
  if ((kind !== 'ROLLOUT' && kind !== 'SHADOW') || control?.version === champion) return;
  const message = `The control of ${kind === 'ROLLOUT' ? 'rollout' : 'shadow'} "${key}" is version ${control?.version}, but ${champion ?? 'nothing'} serves ${model} now: it must be the champion. Name ${champion ?? 'a version that is READY'} as the control, or move the label "champion" with setModelLabel.`;
  throw refusal('INVALID_STATE', message);
}

export function requireReady(
  catalog: Pick<ModelCatalog, 'versions'>,
  model: string,
  variants: readonly Variant[],
  field: readonly string[] = ['key'],
): void {
  const versions = catalog.versions(model) ?? [];
  refuseIfAny(
    variants.flatMap(({ key, version }) => {
      const state = versions.find((one) => one.version === version)?.state ?? 'not on this server';
      return state === 'READY'
        ? []
        : [{ code: 'MODEL_NOT_READY' as const, message: `Version ${version} of ${model} (variant "${key}") is ${state}.`, field }];
    }),
  );
}

export function refusal(code: ErrorCode, message: string, field: readonly string[] = ['key']): FormError {
  return new FormError([{ code, message, field }]);
}

export function requireRevision({ key, revision }: Experiment, expected: number): void {
  if (revision !== expected) throw refusal('CONFLICT', `Experiment "${key}" has changed meanwhile.`);
}

export function requireReason(reason: string | null): void {
  if (reason === null || reason.length <= maxTextLength) return;
  throw refusal('BAD_USER_INPUT', `The reason must have at most ${maxTextLength} characters.`, ['reason']);
}

/** An edit that was based on a value which somebody else has changed meanwhile is not written over theirs. */
export function refuseOvertaken(before: Experiment, overtaken: Experiment, fields: readonly (keyof UpdateExperiment)[]): void {
  const textOf = (experiment: Experiment, name: keyof UpdateExperiment) =>
    JSON.stringify(experiment[name === 'namespace' ? 'namespaces' : name]);
  if (fields.every((name) => textOf(overtaken, name) === textOf(before, name))) return;
  throw refusal('INVALID_STATE', `It is not what your change was based on: look at ${fields.join(', ')} again.`);
}

const remedies: Readonly<Record<Exclude<ExperimentStatus, 'RUNNING'>, string>> = {
  DRAFT: 'start that first',
  PAUSED: 'resume that first',
  STOPPED: 'it never will be met again; write an experiment without it',
};

/** A parent that does not run decides nothing, so nobody would take part. */
export function requireParents(child: Experiment, all: readonly Experiment[]): void {
  const { key, prerequisites } = child;
  for (const { experiment } of prerequisites) {
    const status = all.find((one) => one.key === experiment)?.status;
    if (status === 'RUNNING') continue;
    const rest = status === undefined ? 'which is not there' : `which is ${status}, so nobody would take part: ${remedies[status]}`;
    throw refusal('INVALID_STATE', `Experiment "${key}" needs "${experiment}", ${rest}.`);
  }
  // A parent that was a draft when it was named may have other variants or another seed by now.
  refuseIfAny(prerequisiteProblems(child, all));
}

/** What was ended because it did harm is not shipped by a slip. */
export function requireUndisputed({ key, status }: Experiment, { key: variant }: Variant, history: readonly ExperimentEvent[]): void {
  const last = history.at(-1);
  const wasHarmful = last?.action === 'ROLLED_BACK' || (last?.action === 'STOPPED' && last.actor === guardrailActor);
  if (status !== 'STOPPED' || !wasHarmful) return;
  throw refusal(
    'INVALID_STATE',
    `Experiment "${key}" was ended by itself: ${last.reason ?? 'a guardrail was crossed.'} To ship "${variant}" all the same, give a reason.`,
    ['reason'],
  );
}
