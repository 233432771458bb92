import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeInferRequest } from '../../src/open-inference/infer-request';
import { headerLengthName, writeMessage } from '../../src/open-inference/message';

export interface DelayedModelServer {
  readonly url: string;
  stop(): Promise<void>;
}

const input = { name: 'x', datatype: 'FP32', shape: [-1, 1] };
const output = { name: 'y', datatype: 'FP32', shape: [-1, 1] };

/**
 * A server of the Open Inference Protocol whose models answer 0 to everything, after so many milliseconds.
 * @param delaysMs by the name of the model
 */
export async function startDelayedModelServer(delaysMs: Readonly<Record<string, number>>): Promise<DelayedModelServer> {
  const server = createServer(async (request, response) => {
    const [, model = '', action] = /^\/v2\/models\/([^/]+)(?:\/([a-z]+))?$/.exec(request.url ?? '') ?? [];
    const delayMs = delaysMs[model];
    if (request.url === '/v2') sendJson(response, { name: 'delayed', version: '1', extensions: [] });
    else if (delayMs === undefined) sendJson(response, { error: `There is no ${request.url}.` }, 404);
    else if (action === 'ready') sendJson(response, {});
    else if (action === undefined)
      sendJson(response, { name: model, versions: ['1'], platform: 'none', inputs: [input], outputs: [output] });
    else await answer(request, response, delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, delayMs: number): Promise<void> {
  const answerAtMs = performance.now() + delayMs;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const header = request.headers[headerLengthName];
  const { inputs } = decodeInferRequest({ body: Buffer.concat(chunks), headerLength: header === undefined ? null : Number(header) });
  const rows = inputs[0]?.shape[0] ?? 1;
  const { body } = writeMessage(
    {},
    'outputs',
    [{ ...output, datatype: 'FP32', shape: [rows, 1], data: new Float32Array(rows) }],
    () => false,
  );
  await delay(answerAtMs - performance.now());
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
