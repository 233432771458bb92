import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { processRequest, Upload } from 'graphql-upload-minimal';
import { bodyTooLarge, RequestProblem, refuseByHeaders } from './read-body';
import { misplacedFile, uploadProblem } from './upload-problem';

export interface UploadLimits {
  readonly maxBodyBytes: number;
  /** Bytes of the fields `operations` and `map`. */
  readonly maxFieldBytes: number;
  readonly maxFiles: number;
}

/** What becomes known while the files flow in, after the operation has begun. */
export interface UploadWatch {
  /** The body went on beyond what is allowed; a chunked one declares no length. */
  excess: RequestProblem | null;
}

/**
 * Reads a GraphQL multipart request up to its map; the files flow in while the operation runs.
 * @throws RequestProblem
 */
export async function readUpload(
  request: IncomingMessage,
  response: ServerResponse,
  limits: UploadLimits,
  watch: UploadWatch,
): Promise<unknown> {
  refuseByHeaders(request, limits.maxBodyBytes);
  const bounded = boundedCopy(request, limits.maxBodyBytes, watch);
  // Files that no resolver reads must not keep the connection: what is left is thrown away once the answer is sent.
  response.once('close', () => {
    request.unpipe(bounded);
    request.resume();
    bounded.destroy();
  });
  try {
    const operations = await processRequest(bounded as unknown as IncomingMessage, response, {
      maxFieldSize: limits.maxFieldBytes,
      maxFiles: limits.maxFiles,
    });
    const misplaced = misplacedFile(operations, (value) => value instanceof Upload);
    if (misplaced !== null) throw new RequestProblem(400, misplaced);
    return operations;
  } catch (error) {
    request.unpipe(bounded);
    throw uploadProblem(error);
  }
}

/** The same bytes and headers, but an error beyond `maxBytes`: a chunked body declares no length. */
function boundedCopy(request: IncomingMessage, maxBytes: number, watch: UploadWatch): Transform {
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        watch.excess ??= bodyTooLarge(maxBytes);
        done(watch.excess);
      } else done(null, chunk);
    },
  });
  bounded.on('error', () => {});
  request.once('close', () => {
    if (!request.readableEnded) bounded.destroy();
  });
  return Object.assign(request.pipe(bounded), { headers: request.headers });
}
