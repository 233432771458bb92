import type { ErrorCode } from '../errors';
import type { Experiment, Variant } from './experiment';
import { FormError, refuseIfAny } from './form-error';
import type { ModelCatalog } from './model-catalog';
import { maxTextLength } from './validate-plan';

/* What must hold before an experiment changes. Each throws a FormError that says what does not. */

/** Whoever is outside a rollout is served by the champion; its control must be the same, or the two could not be compared. */
export function requireChampionAsControl(catalog: Pick<ModelCatalog, 'championOf'>, { key, kind, model, variants }: Experiment): void {
  const control = variants.find(({ isControl }) => isControl);
  const champion = catalog.championOf(model);
  if (kind !== 'ROLLOUT' || control?.version === champion) return;
  const message = `The control of rollout "${key}" is version ${control?.version}, but ${champion ?? 'nothing'} serves ${model} now: it must be the champion.`;
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

export function refuseLocked({ key, status }: Experiment, fields: readonly string[]): void {
  if (status === 'DRAFT') return;
  if (status === 'STOPPED') throw refusal('INVALID_STATE', `Experiment "${key}" is STOPPED; nothing of it can be changed.`);
  const locked = fields.filter((name) => name !== 'name' && name !== 'hypothesis');
  if (locked.length === 0) return;
  throw refusal(
    'INVALID_STATE',
    `Experiment "${key}" is ${status}; only its name and hypothesis can be changed, not ${locked.join(', ')}.`,
  );
}
