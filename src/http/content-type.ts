/** What the body of a request to /graphql is. */
export type BodyKind = 'json' | 'multipart' | 'unknown';

/** Only UTF-8: other charsets have been used to smuggle queries past filters. */
export function bodyKind(contentType: string | undefined): BodyKind {
  if (contentType === 'application/json') return 'json';
  const [essence = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (essence === 'multipart/form-data') return 'multipart';
  if (essence !== 'application/json') return 'unknown';
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replace(/"/g, '');
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' ? 'json' : 'unknown';
}
