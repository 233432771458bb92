import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FairTurns } from '../../concurrency/fair-turns';
import { AppError } from '../../errors';
import type { Logger } from '../../events/logger';
import type { ServedVersion } from '../../model-registry/model-registry';
import { headerLengthName, isObject, type Message } from '../../open-inference/message';
import type { Authenticator } from '../authentication';
import { bodyKind } from '../content-type';
import { DisconnectSignal } from '../disconnect-signal';
import { inTurn, parseJson, RequestProblem, readBody } from '../read-body';
import { discardBody, type Headers, sendJson } from '../send-json';
import { extensions, modelMetadata, repositoryIndex, statisticsBody } from './descriptions';
import { asAppError, retryHeaders, statusOf } from './failures';
import { type Asked, readInference, writeInference } from './infer-exchange';
import { controlModel } from './model-control-request';
import { type ControlRoute, type DescriptionRoute, type InferRoute, type OpenInferenceRoute, routeOf } from './routes';
import type { OpenInferenceServices } from './services';

export interface OpenInferenceEndpointOptions {
  readonly services: OpenInferenceServices;
  readonly authenticator: Authenticator;
  /** False for a page of another site. */
  readonly allowsOrigin: (request: IncomingMessage) => boolean;
  readonly maxBodyBytes: number;
  /** False: no requests are wanted now. */
  readonly isReady: () => Promise<boolean>;
  readonly createErrorId: () => string;
  /** A request takes one before its body is looked at. */
  readonly turns: FairTurns;
  readonly logger: Logger;
}

const posted = new Set<OpenInferenceRoute['kind']>(['infer', 'index', 'load', 'unload']);
/** Probes carry no key. */
const open = new Set<OpenInferenceRoute['kind']>(['live', 'ready']);

/** `/v2`: the Open Inference Protocol, which the clients of KServe, Triton and MLServer speak. */
export class OpenInferenceEndpoint {
  readonly #options: OpenInferenceEndpointOptions;

  constructor(options: OpenInferenceEndpointOptions) {
    this.#options = options;
  }

  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const route = routeOf(path);
      if (route === null || !open.has(route.kind)) this.#authenticate(request);
      if (route === null) throw new RequestProblem(404, 'There is nothing at this path; /v2 is the root of the Open Inference Protocol.');
      const method = posted.has(route.kind) ? 'POST' : 'GET';
      if (request.method !== method) throw new RequestProblem(405, `Only ${method} is served at ${path}.`);
      if (route.kind === 'infer') sendMessage(response, await this.#infer(route, request, response));
      else if (route.kind === 'load' || route.kind === 'unload') await this.#control(route, request, response);
      else await this.#describe(route, request, response);
    } catch (error) {
      await this.#fail(request, response, asAppError(error));
    }
  }

  #authenticate(request: IncomingMessage): void {
    const who = this.#options.authenticator.authenticate(request);
    if (!who.ok) throw new AppError('UNAUTHENTICATED', who.problem);
  }

  async #infer(route: InferRoute, request: IncomingMessage, response: ServerResponse): Promise<Message> {
    const arrivedAtMs = this.#options.turns.beganAtMs;
    const { served, asked } = await this.#read(route, request);
    const { request: wanted, deadlineMs } = asked;
    const { outputs } = await this.#options.services.tensors.infer(served, wanted.inputs, {
      signal: new DisconnectSignal(response),
      arrivedAtMs,
      deadlineMs,
    });
    return writeInference(served, asked, outputs);
  }

  async #read(
    { model, version }: InferRoute,
    request: IncomingMessage,
  ): Promise<{ readonly served: ServedVersion; readonly asked: Asked }> {
    const { services, maxBodyBytes, turns } = this.#options;
    let served: ServedVersion | null = null;
    try {
      this.#checkContent(request);
      served = services.registry.resolve(model, version);
      const body = await inTurn(turns, readBody(request, maxBodyBytes));
      return { served, asked: readInference(served, request.headers, body) };
    } catch (error) {
      const known = asAppError(error);
      throw known instanceof AppError ? services.tensors.refuse(known, served) : known;
    }
  }

  /** Of the two types, and with that header, a browser sends nothing to other sites without asking there first; without a type it says whence. */
  #checkContent(request: IncomingMessage): void {
    const { 'content-type': type, [headerLengthName]: headerLength } = request.headers;
    if (headerLength !== undefined || bodyKind(type) === 'json') return;
    if (type?.split(';')[0]?.trim().toLowerCase() === 'application/octet-stream') return;
    // Triton's own clients name no type.
    if (type === undefined && this.#options.allowsOrigin(request)) return;
    throw new RequestProblem(
      415,
      `Send a body of content-type application/json, or application/octet-stream where it has binary data, not "${type ?? 'none'}".`,
    );
  }

  async #control(route: ControlRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#options.allowsOrigin(request))
      throw new RequestProblem(403, 'Pages of other sites may not load and unload models; see CORS_ORIGINS.');
    const body = await readBody(request, this.#options.maxBodyBytes);
    await controlModel(route, body, this.#options.services.control);
    response.writeHead(200, { 'content-length': 0, 'cache-control': 'no-store' }).end();
  }

  async #describe(route: DescriptionRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { services, isReady } = this.#options;
    switch (route.kind) {
      case 'server':
        return sendJson(response, 200, { name: services.server.name, version: services.server.version, extensions });
      case 'live':
        return sendJson(response, 200, { live: true });
      case 'ready': {
        const ready = await isReady();
        return sendJson(response, ready ? 200 : 503, { ready });
      }
      case 'modelReady':
        return this.#modelReady(route.model, route.version, response);
      case 'metadata': {
        const served = services.registry.resolve(route.model, route.version);
        return sendJson(response, 200, modelMetadata(services.registry.model(route.model), served));
      }
      case 'stats':
        return sendJson(response, 200, this.#statistics(route.address));
      case 'index':
        return sendJson(response, 200, repositoryIndex(services.registry.models(), await this.#wantsReady(request)));
    }
  }

  #modelReady(model: string, version: string | null, response: ServerResponse): void {
    try {
      const { outage } = this.#options.services.registry.resolve(model, version).loaded;
      if (outage) throw outage;
      sendJson(response, 200, { name: model, ready: true });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'MODEL_NOT_READY') throw error;
      sendJson(response, 503, { name: model, ready: false, error: error.message });
    }
  }

  #statistics(address: { readonly model: string; readonly version: string | null } | null): object {
    const { registry, statistics } = this.#options.services;
    if (address?.version != null) {
      const { model, version } = registry.resolve(address.model, address.version);
      return statisticsBody([statistics.of(model, version)]);
    }
    const models = address ? [registry.model(address.model)] : registry.models();
    const ready = models.flatMap(({ versions }) => versions.filter(({ state }) => state === 'READY'));
    return statisticsBody(ready.map(({ model, version }) => statistics.of(model, version)));
  }

  async #wantsReady(request: IncomingMessage): Promise<boolean> {
    const body = await readBody(request, this.#options.maxBodyBytes);
    if (body.length === 0) return false;
    const json = parseJson(body);
    return isObject(json) && json.ready === true;
  }

  async #fail(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
    await discardBody(request);
    // What is left of a body too large would be read as the next request.
    if (!request.complete) response.setHeader('connection', 'close');
    if (error instanceof RequestProblem) {
      const allow: Headers = error.status === 405 ? { allow: request.method === 'POST' ? 'GET' : 'POST' } : {};
      return sendJson(response, error.status, { error: error.message }, allow);
    }
    if (error instanceof AppError && error.code !== 'INTERNAL_SERVER_ERROR') {
      const challenge: Headers = error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {};
      return sendJson(response, statusOf(error), { error: error.message }, { ...retryHeaders(error), ...challenge });
    }
    const errorId = this.#options.createErrorId();
    this.#options.logger.error('open_inference_fault', { errorId, error });
    sendJson(response, 500, { error: `Something went wrong inside the server. Its log has the cause under error id ${errorId}.` });
  }
}

function sendMessage(response: ServerResponse, { body, headerLength }: Message): void {
  if (response.destroyed) return;
  response.writeHead(200, {
    'content-type': headerLength === null ? 'application/json' : 'application/octet-stream',
    'cache-control': 'no-store',
    'content-length': body.length,
    ...(headerLength !== null && { [headerLengthName]: String(headerLength) }),
  });
  response.end(body);
}
