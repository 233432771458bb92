import type { HttpResponse } from './response-parser';

/**
 * What an answer is worth: null when it holds every expected part in order, else the name of the failure. Only failures are parsed, so
 * that judging costs the generator next to nothing.
 */
export function failureOf({ status, body }: HttpResponse, expected: readonly Buffer[]): string | null {
  if (status === 200 && holdsInOrder(body, expected)) return null;
  return errorCodeOf(body) ?? (status === 200 ? 'wrong answer' : `HTTP ${status}`);
}

function holdsInOrder(body: Buffer, parts: readonly Buffer[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = body.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return true;
}

function errorCodeOf(body: Buffer): string | null {
  try {
    const answer = JSON.parse(body.toString()) as { errors?: readonly { extensions?: { code?: unknown } }[] };
    const error = answer.errors?.[0];
    if (!error) return null;
    return typeof error.extensions?.code === 'string' ? error.extensions.code : 'GraphQL error without a code';
  } catch {
    return null;
  }
}
