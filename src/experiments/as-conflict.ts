import { AppError } from '../errors';
import { refusal } from './experiment-conditions';
import { FormError } from './form-error';

export function isConflict(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'CONFLICT';
}

/** What fails only because somebody else was faster is a conflict, whatever it would be otherwise. */
export async function asConflict<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FormError && error.code === 'INVALID_STATE')
      throw refusal('CONFLICT', `Somebody else changed experiment "${key}" meanwhile. ${error.message}`);
    if (isConflict(error)) throw error instanceof FormError ? error : refusal('CONFLICT', error.message);
    throw error;
  }
}
