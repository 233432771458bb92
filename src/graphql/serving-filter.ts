import { AppError } from '../errors';
import type { ModelRegistryService, ServingFilter } from './services';

/**
 * `version` may be a label.
 * @throws AppError BAD_USER_INPUT, MODEL_NOT_FOUND, VERSION_NOT_FOUND
 */
export function servingFilter(
  registry: Pick<ModelRegistryService, 'model'>,
  model: string | null | undefined,
  version: string | null | undefined,
): ServingFilter {
  if (model == null) {
    if (version == null) return {};
    throw new AppError('BAD_USER_INPUT', 'version needs model: versions of different models have nothing in common.');
  }
  const known = registry.model(model);
  if (version == null) return { model };
  const named = known.labels.find((one) => one.label === version)?.version ?? version;
  if (known.versions.some((one) => one.version === named)) return { model, version: named };
  throw new AppError('VERSION_NOT_FOUND', `${model} has no version "${version}".`);
}
