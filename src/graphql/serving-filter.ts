import { AppError } from '../errors';
import type { ModelRegistryService } from './services';

export interface ServingFilter {
  readonly model?: string;
  readonly version?: string;
}

/** @throws AppError BAD_USER_INPUT, MODEL_NOT_FOUND, VERSION_NOT_FOUND */
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
  if (known.versions.some((one) => one.version === version)) return { model, version };
  throw new AppError('VERSION_NOT_FOUND', `${model} has no version "${version}".`);
}
