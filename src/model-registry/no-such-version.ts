import { AppError } from '../errors';
import type { ModelLabel } from './model-label-store';

/** Says what there is instead; of a label, where only versions are taken, what it points at. */
export function noSuchVersion(model: string, name: string, versions: readonly string[], labels: readonly ModelLabel[]): AppError {
  const pointed = labels.find(({ label }) => label === name)?.version;
  if (pointed !== undefined)
    return new AppError('VERSION_NOT_FOUND', `"${name}" is a label of ${model}, which points at version ${pointed}. Name the version.`);
  const hint = labels.length > 0 ? ` Labels: ${labels.map(({ label }) => label).join(', ')}.` : '';
  return new AppError('VERSION_NOT_FOUND', `${model} has no version or label "${name}". Versions: ${versions.join(', ')}.${hint}`);
}
