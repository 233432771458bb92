import type { IncomingMessage } from 'node:http';
import type { FairTurns } from '../concurrency/fair-turns';
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

/** @throws RequestProblem 415 for a compressed body: what it unfolds to would have to be bounded anew; 413 for one that says that it is too large. */
export function refuseByHeaders({ headers }: IncomingMessage, maxBytes: number): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity')
    throw new RequestProblem(415, `The body has the content-encoding "${encoding.slice(0, 40)}". Send it uncompressed.`);
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
}

/** @throws RequestProblem 415 when it is compressed, 413 as soon as it is certain, 400 when the client broke off. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  refuseByHeaders(request, maxBytes);
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

/** Whoever sends much keeps nobody else waiting for longer than a turn. */
export async function inTurn(turns: FairTurns, reading: Promise<Buffer>): Promise<Buffer> {
  const body = await reading;
  const turn = turns.enter();
  if (turn) await turn;
  return body;
}

/** @throws RequestProblem 400 */
export function parseJson(bytes: Buffer): unknown {
  const problem = jsonShapeProblem(bytes);
  if (problem !== null) throw new RequestProblem(400, problem);
  const text = withoutByteOrderMark(bytes.toString('utf8'));
  if (text.trim() === '')
    throw new RequestProblem(400, 'The request body is empty. Send JSON such as {"query": "{ serverInfo { version } }"}.');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? ` ${cause.message}.` : '';
    throw new RequestProblem(400, `The request body is not valid JSON.${detail}`, { cause });
  }
}

/** Some editors and shells put one before all text that they write. */
function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
