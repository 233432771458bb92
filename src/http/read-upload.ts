import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { processRequest } from 'graphql-upload-minimal';
import { bodyTooLarge, RequestProblem } from './read-body';

export interface UploadLimits {
  readonly maxBodyBytes: number;
  /** Bytes of the fields `operations` and `map`. */
  readonly maxFieldBytes: number;
  readonly maxFiles: number;
}

/**
 * Reads a GraphQL multipart request up to its map; the files flow in while the operation runs.
 * @throws RequestProblem
 */
export async function readUpload(request: IncomingMessage, response: ServerResponse, limits: UploadLimits): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBodyBytes) throw bodyTooLarge(limits.maxBodyBytes);
  const bounded = boundedCopy(request, limits.maxBodyBytes);
  // Files that no resolver reads must not keep the connection: what is left is thrown away once the answer is sent.
  response.once('close', () => {
    request.unpipe(bounded);
    request.resume();
    bounded.destroy();
  });
  try {
    return await processRequest(bounded as unknown as IncomingMessage, response, {
      maxFieldSize: limits.maxFieldBytes,
      maxFiles: limits.maxFiles,
    });
  } catch (error) {
    request.unpipe(bounded);
    throw toProblem(error);
  }
}

/** The same bytes and headers, but an error beyond `maxBytes`: a chunked body declares no length. */
function boundedCopy(request: IncomingMessage, maxBytes: number): Transform {
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(bodyTooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  bounded.on('error', () => {});
  request.once('close', () => {
    if (!request.readableEnded) bounded.destroy();
  });
  return Object.assign(request.pipe(bounded), { headers: request.headers });
}

function toProblem(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error;
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof Error && 'status' in error && error.status === 413 ? 413 : 400;
  return new RequestProblem(status, `The multipart request cannot be read: ${message}`, { cause: error });
}
