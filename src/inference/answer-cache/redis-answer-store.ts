import { createClient, RESP_TYPES } from '@redis/client';
import { CircuitBreaker } from '../../concurrency/circuit-breaker';
import type { Logger } from '../../events/logger';
import type { AnswerStore } from './answer-store';

export interface RedisAnswerStoreOptions {
  readonly url: string;
  readonly elapsedMs: () => number;
  readonly logger: Logger;
  /** Longer than this nobody waits for Redis. */
  readonly lookupTimeoutMs?: number;
}

type Client = ReturnType<typeof openClient>;

/** A neighbour answers in a fraction of one; most models do in less than this. */
const defaultLookupTimeoutMs = 5;
/** Nothing in time for so long, and it is given up for a while. By time, not by number: one moment of silence is as many failures as were asking. */
const patienceMs = 250;
const breakerSettings = { failuresToOpen: 1, openMs: 1_000 };
const connectTimeoutMs = 2_000;
const reconnectMs = 1_000;
/** Beyond that, what is written is dropped: it would only pile up. */
const maxCommandsUnderWay = 1_000;
const prefix = 'touchstone:answer:1:';

/**
 * Answers that replicas share. Redis may be down, slow or gone at any time: then nothing is found, nobody waits longer than a few milliseconds, and the
 * connection is tried again in the background.
 */
export class RedisAnswerStore implements AnswerStore {
  readonly #options: RedisAnswerStoreOptions;
  readonly #breaker: CircuitBreaker;
  readonly #lookupTimeoutMs: number;
  #client: Client;
  /** When the first lookup failed after one that did not. */
  #failingSinceMs: number | null = null;
  #isReachable = true;
  #isStopped = false;

  constructor(options: RedisAnswerStoreOptions) {
    this.#options = options;
    this.#lookupTimeoutMs = options.lookupTimeoutMs ?? defaultLookupTimeoutMs;
    this.#breaker = new CircuitBreaker({ ...breakerSettings, elapsedMs: options.elapsedMs });
    this.#client = this.#connect();
  }

  /** It is connected. */
  get isReady(): boolean {
    return this.#client.isReady;
  }

  async get(key: string): Promise<Uint8Array | null> {
    if (!this.isReady || this.#breaker.enter() > 0) return null;
    try {
      const value = await soon(this.#lookupTimeoutMs, this.#client.get(prefix + key));
      this.#answered();
      return value;
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  async put(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    if (!this.isReady || this.#breaker.state !== 'closed') return;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    // Lost with the connection, or because Redis is full: it will be computed again.
    await this.#client.set(prefix + key, bytes, { expiration: { type: 'PX', value: ttlMs } }).catch(() => {});
  }

  stop(): void {
    this.#isStopped = true;
    this.#client.destroy();
  }

  #connect(): Client {
    const client = openClient(this.#options.url);
    client.on('error', (error: unknown) => this.#lost(error));
    // What fails is told as 'error' and tried again, until the client is destroyed.
    client.connect().catch(() => {});
    return client;
  }

  #answered(): void {
    this.#breaker.succeeded();
    this.#failingSinceMs = null;
    if (!this.#isReachable) this.#options.logger.info('answer_cache_reached', {});
    this.#isReachable = true;
  }

  #failed(error: unknown): void {
    const { state } = this.#breaker;
    if (state === 'open' || this.#isStopped) return;
    const nowMs = this.#options.elapsedMs();
    this.#failingSinceMs ??= nowMs;
    if (state === 'closed' && nowMs - this.#failingSinceMs < patienceMs) return;
    this.#breaker.failed();
    this.#lost(error);
    // What a dead peer never answers would otherwise be waited for until the kernel gives up, a quarter of an hour later.
    const client = this.#client;
    this.#client = this.#connect();
    client.destroy();
  }

  /** Once for each outage, however often it is tried. */
  #lost(error: unknown): void {
    if (this.#isReachable && !this.#isStopped) this.#options.logger.warn('answer_cache_unreachable', { error });
    this.#isReachable = false;
  }
}

function openClient(url: string) {
  return createClient({
    url,
    // Spoken by every Redis, Valkey and their like, without a greeting.
    RESP: 2,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxCommandsUnderWay,
    // A timer for each command is kept here, not there.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: reconnectMs },
  });
}

/** After the time is over, what has arrived by then is still read: it may be this process that was late. */
async function soon<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const onLate = () => reject(new Error(`Redis did not answer within ${timeoutMs} ms.`));
    timer = setTimeout(() => setImmediate(onLate), timeoutMs);
  });
  // It may fail when nobody waits for it any more.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
