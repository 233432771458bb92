import { MemoryAnswerStore } from '../../src/inference/answer-cache/memory-answer-store';
import { RedisAnswerStore } from '../../src/inference/answer-cache/redis-answer-store';
import { FakeLogger } from '../fakes/fake-logger';
import { FakeRedis } from '../fakes/fake-redis';
import { eventually } from '../integration/eventually';
import { describeAnswerStore } from './answer-store.contract';

const elapsedMs = () => performance.now();

describeAnswerStore('in memory', async () => new MemoryAnswerStore({ maxEntries: 100, maxBytes: 100_000, elapsedMs }));

describe('over a socket', () => {
  const redis = new FakeRedis();
  const stores: RedisAnswerStore[] = [];
  beforeAll(() => redis.start());
  afterEach(() => {
    for (const store of stores.splice(0)) store.stop();
  });
  afterAll(() => redis.stop());

  describeAnswerStore('in Redis', async () => {
    redis.forget();
    const store = new RedisAnswerStore({ url: redis.url, elapsedMs, logger: new FakeLogger(), lookupTimeoutMs: 5_000 });
    stores.push(store);
    await eventually('it is connected', () => (store.isReady ? true : null));
    return store;
  });
});
