import type { IncomingMessage, ServerResponse } from 'node:http';

export type Headers = Readonly<Record<string, string>>;

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    .end(text);
}

/** An answer in the shape of GraphQL errors, for what fails before GraphQL is reached. */
export function sendError(response: ServerResponse, status: number, code: string, message: string, headers: Headers = {}): void {
  sendJson(response, status, { errors: [{ message, extensions: { code } }] }, headers);
}

/** How much of a refused body is still read, so that the client gets to read the answer instead of a broken pipe. */
const lingerBytes = 64 * 1024 * 1024;

/** Refuses a request whose body may still be on its way: the rest is thrown away, within bounds, before the answer is sent. */
export async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: { readonly status: number; readonly code: string; readonly message: string; readonly headers?: Headers },
): Promise<void> {
  await discardBody(request);
  sendError(response, refusal.status, refusal.code, refusal.message, { connection: 'close', ...refusal.headers });
}

/** Throws away what is still on its way of a body that is not wanted. */
export function discardBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > lingerBytes) resolve();
    });
    request
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
    request.resume();
  });
}
