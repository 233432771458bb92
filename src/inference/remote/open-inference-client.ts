import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { CircuitBreaker } from '../../concurrency/circuit-breaker';
import { AppError } from '../../errors';
import { parseExactJson } from '../../open-inference/exact-json';
import { decodeInferResponse, type InferResponse } from '../../open-inference/infer-response';
import { headerLengthName, type Message } from '../../open-inference/message';
import { type ModelMetadata, readExtensions, readModelMetadata } from '../../open-inference/metadata';
import { ConnectionError, exchange, type HttpAnswer, type HttpQuestion } from './http-exchange';
import { asAppError, askedPauseMs, failureOf, isOverloaded, RemoteTimeout } from './remote-failure';
import { type Again, retry } from './retry';

export interface OpenInferenceClientOptions {
  /** The root of the server; `/v2` comes behind it. */
  readonly url: string;
  readonly model: string;
  /** Null: whichever the server prefers. */
  readonly version: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxConnections: number;
  readonly breaker: CircuitBreaker;
  readonly elapsedMs: () => number;
  readonly random: () => number;
}

export interface CallLimits {
  /** On the clock of `elapsedMs`; null: `timeoutMs` alone counts. */
  readonly deadlineAtMs: number | null;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal | null;
}

const retries = { maxTries: 4, firstPauseMs: 50 };
const noLimits: CallLimits = { deadlineAtMs: null, signal: null };

/** Asks one model of one server that speaks the Open Inference Protocol. */
export class OpenInferenceClient {
  readonly #options: OpenInferenceClientOptions;
  readonly #agent: Agent;
  readonly #root: string;

  constructor(options: OpenInferenceClientOptions) {
    this.#options = options;
    this.#root = options.url.replace(/\/+(v2\/*)?$/, '');
    const pool = { keepAlive: true, maxSockets: options.maxConnections };
    this.#agent = options.url.startsWith('https:') ? new SecureAgent(pool) : new Agent(pool);
  }

  /** What the server can beyond the protocol; none where it does not say. @throws AppError */
  async extensions(): Promise<readonly string[]> {
    const answer = await this.#call(this.#question('GET', '/v2'), noLimits);
    return answer.status === 200 ? readExtensions(parse(answer)) : [];
  }

  /** By the status alone: bodies of health differ from server to server. @throws AppError */
  async isReady(): Promise<boolean> {
    return (await this.#call(this.#question('GET', `${this.#modelPath()}/ready`), noLimits)).status === 200;
  }

  /** @throws AppError */
  async metadata(): Promise<ModelMetadata> {
    const answer = await this.#call(this.#question('GET', this.#modelPath()), noLimits);
    if (answer.status !== 200) throw failureOf(answer);
    return this.#read(() => readModelMetadata(parse(answer)));
  }

  /** @throws AppError MODEL_NOT_READY when the server failed too often lately, and what the server's answer means. */
  async infer({ body, headerLength }: Message, limits: CallLimits): Promise<InferResponse> {
    const headers = {
      'content-type': headerLength === null ? 'application/json' : 'application/octet-stream',
      ...(headerLength !== null && { [headerLengthName]: String(headerLength) }),
    };
    const answer = await this.#guarded(this.#question('POST', `${this.#modelPath()}/infer`, headers, body), limits);
    if (answer.status !== 200) throw failureOf(answer);
    return this.#read(() => {
      const length = answer.headers[headerLengthName];
      return decodeInferResponse({ body: answer.body, headerLength: length === undefined ? null : Number(length) });
    });
  }

  /** Why no inference is sent now; null: it would be. */
  get outage(): AppError | null {
    const { waitMs } = this.#options.breaker;
    return waitMs > 0 ? leftAlone(waitMs) : null;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #guarded(question: HttpQuestion, limits: CallLimits): Promise<HttpAnswer> {
    const { breaker } = this.#options;
    const waitMs = breaker.enter();
    if (waitMs > 0) throw leftAlone(waitMs);
    let verdict: 'succeeded' | 'failed' | 'abstained' = 'abstained';
    try {
      const answer = await this.#call(question, limits, (isShort) => {
        // A caller with little time must not close the door for all others.
        verdict = isShort ? 'abstained' : 'failed';
      });
      verdict = answer.status >= 500 ? 'failed' : 'succeeded';
      // Busy is neither ill nor well.
      if (isOverloaded(answer)) verdict = 'abstained';
      return answer;
    } finally {
      breaker[verdict]();
    }
  }

  /** @param onFailure told when there was no answer, and whether the time was shorter than `timeoutMs`. */
  async #call(
    question: HttpQuestion,
    { deadlineAtMs, signal }: CallLimits,
    onFailure: (isShort: boolean) => void = () => {},
  ): Promise<HttpAnswer> {
    const { timeoutMs, elapsedMs, random } = this.#options;
    const nowMs = elapsedMs();
    const latestMs = nowMs + timeoutMs;
    const endMs = Math.min(latestMs, deadlineAtMs ?? latestMs);
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(new RemoteTimeout()), Math.max(0, endMs - nowMs));
    const leave = () => ending.abort(new AppError('CANCELLED', 'The request was cancelled.'));
    if (signal?.aborted) leave();
    signal?.addEventListener('abort', leave, { once: true });
    try {
      const attempt = () => exchange(question, this.#agent, ending.signal);
      return await retry(attempt, worthAnother, { ...retries, deadlineAtMs: endMs, elapsedMs, random, signal: ending.signal });
    } catch (error) {
      if (error instanceof ConnectionError) onFailure(false);
      else if (error instanceof RemoteTimeout) onFailure(endMs < latestMs);
      throw asAppError(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
    }
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw asAppError(error);
    }
  }

  #question(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body: Uint8Array | null = null,
  ): HttpQuestion {
    return { method, url: new URL(`${this.#root}${path}`), headers: { ...this.#options.headers, ...headers }, body };
  }

  #modelPath(): string {
    const { model, version } = this.#options;
    const path = `/v2/models/${encodeURIComponent(model)}`;
    return version === null ? path : `${path}/versions/${encodeURIComponent(version)}`;
  }
}

function leftAlone(waitMs: number): AppError {
  const retryAfterMs = Math.ceil(waitMs);
  return new AppError('MODEL_NOT_READY', 'The remote server failed again and again; it is left alone for a moment.', {
    details: { retryAfterMs },
  });
}

/** The same inference twice does no harm. */
function worthAnother(outcome: PromiseSettledResult<HttpAnswer>): Again | null {
  if (outcome.status === 'rejected') return outcome.reason instanceof ConnectionError ? { afterMs: 0 } : null;
  return outcome.value.status === 503 ? { afterMs: askedPauseMs(outcome.value) ?? 0 } : null;
}

function parse({ body }: HttpAnswer): unknown {
  return parseExactJson(new TextDecoder().decode(body));
}
