import { AppError, type ErrorCode } from '../errors';

/** Null instead of an error with this code: where a client asked whether something is there, its absence is an answer. */
export async function unlessCode<T>(code: ErrorCode, find: () => T | Promise<T>): Promise<T | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof AppError && error.code === code) return null;
    throw error;
  }
}
