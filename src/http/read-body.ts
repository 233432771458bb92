import type { IncomingMessage } from 'node:http';
import { jsonShapeProblem } from './json-shape';

/** Why a request cannot be read; becomes the answer. */
export class RequestProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'RequestProblem';
    this.status = status;
  }
}

export function bodyTooLarge(maxBytes: number): RequestProblem {
  return new RequestProblem(413, `The request body is larger than the ${maxBytes} bytes that are allowed (MAX_BODY_BYTES).`);
}

/** @throws RequestProblem 413 as soon as it is certain, 400 when the client broke off. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onBroken = () => reject(new RequestProblem(400, 'The request broke off before its end.'));
    // The listeners stay: what comes after the first to settle changes nothing, and taking them off would cost more.
    request
      .on('data', (chunk: Buffer) => {
        if (bytes > maxBytes) return;
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= maxBytes) return;
        chunks.length = 0;
        reject(bodyTooLarge(maxBytes));
      })
      .on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
      .on('error', onBroken)
      .on('close', () => {
        if (!request.complete) onBroken();
      });
  });
}

/** @throws RequestProblem 400 */
export function parseJson(bytes: Buffer): unknown {
  const problem = jsonShapeProblem(bytes);
  if (problem !== null) throw new RequestProblem(400, problem);
  const text = bytes.toString('utf8');
  if (text.trim() === '')
    throw new RequestProblem(400, 'The request body is empty. Send JSON such as {"query": "{ serverInfo { version } }"}.');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? ` ${cause.message}.` : '';
    throw new RequestProblem(400, `The request body is not valid JSON.${detail}`, { cause });
  }
}
