import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeInferRequest, type InferRequest } from '../../../src/open-inference/infer-request';
import { type Message, writeMessage } from '../../../src/open-inference/message';
import type { Tensor } from '../../../src/open-inference/tensor';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly infer: InferRequest | null;
}

export type InferAnswer = (response: ServerResponse, request: InferRequest) => void;

/** A server of the protocol on a free port, that describes one model and answers inference as the test says. */
export async function startRemoteServer(described: {
  /** Null: it answers 404. */
  readonly server?: unknown;
  readonly metadata: unknown;
  readonly readyStatus?: number;
  /** Where one was that has gone; default: any free one. */
  readonly port?: number;
}) {
  const seen: SeenRequest[] = [];
  const inferences: InferAnswer[] = [];
  const answerInfer = (response: ServerResponse, request: InferRequest) => {
    const next = inferences.length > 1 ? inferences.shift() : inferences[0];
    if (next) next(response, request);
    else sendPlain(response, 500, 'the test did not say what to answer');
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    const isInfer = path.endsWith('/infer');
    const header = request.headers['inference-header-content-length'];
    const message = { body: Buffer.concat(chunks), headerLength: header === undefined ? null : Number(header) };
    const infer = isInfer ? decodeInferRequest(message) : null;
    seen.push({ path, headers: request.headers, infer });
    if (infer) answerInfer(response, infer);
    else if (path === '/v2') sendPlain(response, described.server ? 200 : 404, JSON.stringify(described.server ?? {}));
    else if (path.endsWith('/ready')) sendPlain(response, described.readyStatus ?? 200, '');
    else sendPlain(response, 200, JSON.stringify(described.metadata));
  });
  await new Promise<void>((resolve) => server.listen(described.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    /** What inferences are answered, one after the other; the last one stays. */
    answer: (...answers: InferAnswer[]) => inferences.splice(0, inferences.length, ...answers),
    stop,
  };
}

export function sendPlain(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

export function sendTensors(response: ServerResponse, outputs: readonly Tensor[], isBinary: boolean): void {
  const { body, headerLength }: Message = writeMessage({}, 'outputs', outputs, () => isBinary);
  response.writeHead(200, headerLength === null ? {} : { 'inference-header-content-length': String(headerLength) }).end(body);
}
