import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** The server was not reached, or the connection broke before its answer was whole. */
export class ConnectionError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ConnectionError';
  }
}

const maxAnswerBytes = 256 * 1024 * 1024;

/**
 * One request and its whole answer.
 * @throws ConnectionError; the signal's reason when it was aborted.
 */
export function exchange({ method, url, headers, body }: HttpQuestion, agent: Agent, signal: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(signal.aborted ? signal.reason : new ConnectionError(cause));
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sized = body === null ? headers : { ...headers, 'content-length': String(body.length) };
    const outgoing = send(url, { method, headers: sized, agent, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming
        .on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxAnswerBytes) incoming.destroy(new Error(`the answer has more than ${maxAnswerBytes} bytes`));
          else chunks.push(chunk);
        })
        .on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }))
        .on('error', fail)
        .on('close', () => fail(new Error('the answer broke off')));
    });
    outgoing.on('error', fail);
    outgoing.end(body ?? undefined);
  });
}
