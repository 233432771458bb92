import { AppError } from '../../errors';
import { isObject } from '../../open-inference/message';
import { parseJson } from '../read-body';
import type { ControlRoute } from './routes';
import type { OpenInferenceServices } from './services';

/**
 * Loads or unloads what a request asks for. Its body may be empty; of its `parameters` the version is ours, and what Triton's clients say of
 * dependents changes nothing, because no model depends on another.
 * @throws AppError, RequestProblem
 */
export async function controlModel({ kind, model }: ControlRoute, body: Buffer, control: OpenInferenceServices['control']): Promise<void> {
  const parameters = readParameters(body);
  const foreign = Object.keys(parameters).find((name) => name === 'config' || name.startsWith('file:'));
  if (foreign !== undefined)
    throw new AppError('INVALID_INPUT', `"${foreign}" is not supported: put the files and model.json into the model's folder instead.`);
  const { version = null } = parameters;
  if (version !== null && typeof version !== 'string') throw new AppError('INVALID_INPUT', '"version" must be a text.');
  try {
    await control[kind](model, version);
  } catch (error) {
    // A request that failed is over; 503 would ask for another try.
    if (!(error instanceof AppError) || error.code !== 'MODEL_NOT_READY') throw error;
    throw new AppError('INVALID_STATE', error.message, { cause: error });
  }
}

function readParameters(body: Buffer): Readonly<Record<string, unknown>> {
  const json = body.length === 0 ? {} : parseJson(body);
  if (!isObject(json)) throw new AppError('INVALID_INPUT', 'The body must be empty, or an object that may have "parameters".');
  const { parameters = {} } = json;
  if (!isObject(parameters)) throw new AppError('INVALID_INPUT', '"parameters" must be an object.');
  return parameters;
}
