import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { RedisAnswerStore } from '../../src/inference/answer-cache/redis-answer-store';
import { describeAnswerStore } from '../contract/answer-store.contract';
import { FakeLogger } from '../fakes/fake-logger';
import { eventually } from '../integration/eventually';
import { findTool, read, run } from './tools';

const elapsedMs = () => performance.now();
const hourMs = 3_600_000;
const password = 'p/a:s#s@word';

/** Redis as docker-compose.yml starts it, and with a password. */
class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'touchstone-redis-'));
  #process: ChildProcess | null = null;
  #port = 0;

  get url(): string {
    return `redis://:${encodeURIComponent(password)}@127.0.0.1:${this.#port}/0`;
  }

  async start(): Promise<void> {
    this.#port ||= await freePort();
    const [program, ...args] = (parse(read('docker-compose.yml'), { merge: true }) as { services: { redis: { command: string[] } } })
      .services.redis.command;
    if (program !== 'redis-server') throw new Error('docker-compose.yml should start redis-server.');
    const own = ['--bind', '127.0.0.1', '--port', String(this.#port), '--dir', this.#folder, '--requirepass', password];
    this.#process = spawn(findTool('redis-server'), [...args, ...own], { stdio: 'ignore' });
    await eventually('Redis answers', async () => ((await this.cli('PING')) === 'PONG' ? true : null));
  }

  async cli(...command: readonly string[]): Promise<string> {
    const to = ['-h', '127.0.0.1', '-p', String(this.#port), '--no-auth-warning', '-a', password];
    return (await run(findTool('redis-cli'), [...to, ...command])).output.trim();
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await ended;
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

describe('Redis', () => {
  const redis = new RedisServer();
  const stores: RedisAnswerStore[] = [];
  const open = async (lookupTimeoutMs: number, logger = new FakeLogger()) => {
    const store = new RedisAnswerStore({ url: redis.url, elapsedMs, logger, lookupTimeoutMs });
    stores.push(store);
    await eventually('it is connected', () => (store.isReady ? true : null));
    return store;
  };

  beforeAll(() => redis.start());
  afterEach(() => {
    for (const store of stores.splice(0)) store.stop();
  });
  afterAll(() => redis.remove());

  describeAnswerStore('in the real Redis', async () => {
    await redis.cli('FLUSHALL');
    return open(5_000);
  });

  it('holds what replicas keep, under names of their own and for a time', async () => {
    await redis.cli('FLUSHALL');
    const store = await open(5_000);
    await store.put('key', Buffer.from('value'), hourMs);
    expect(await redis.cli('KEYS', '*')).toBe('touchstone:answer:1:key');
    expect(Number(await redis.cli('PTTL', 'touchstone:answer:1:key'))).toBeGreaterThan(hourMs - 60_000);
    const other = await open(5_000);
    expect(await other.get('key')).toEqual(Buffer.from('value'));
  });

  it('may stop answering, and may be killed: nobody notices but the log', async () => {
    const logger = new FakeLogger();
    const store = await open(20, logger);
    redis.signal('SIGSTOP');
    await eventually('it is given up', async () => {
      expect(await store.get('key')).toBeNull();
      return logger.lines.length > 0 || null;
    });
    redis.signal('SIGCONT');
    await eventually('it answers again', async () => {
      await store.get('key');
      return logger.lines.some(({ event }) => event === 'answer_cache_reached') || null;
    });
    await redis.stop();
    await eventually('it is gone', async () => ((await store.get('key')) === null && !store.isReady ? true : null));
    await redis.start();
    await eventually('it is back', async () => {
      await store.put('key', Buffer.from('new'), hourMs);
      return (await store.get('key')) && true;
    });
    const events = logger.lines.map(({ event }) => event);
    expect(events).toEqual(['answer_cache_unreachable', 'answer_cache_reached', 'answer_cache_unreachable', 'answer_cache_reached']);
  });
});
