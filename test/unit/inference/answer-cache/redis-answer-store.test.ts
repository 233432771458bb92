import { RedisAnswerStore } from '../../../../src/inference/answer-cache/redis-answer-store';
import { FakeLogger } from '../../../fakes/fake-logger';
import { FakeRedis } from '../../../fakes/fake-redis';
import { eventually } from '../../../integration/eventually';

const hourMs = 3_600_000;
const value = Buffer.from('answer');

describe('answers in Redis', () => {
  const redis = new FakeRedis();
  const logger = new FakeLogger();
  let store: RedisAnswerStore;
  let nowMs = 0;

  const open = (lookupTimeoutMs = 5_000) => {
    store = new RedisAnswerStore({ url: redis.url, elapsedMs: () => nowMs, logger, lookupTimeoutMs });
  };
  const connected = () => eventually('it is connected', () => (store.isReady ? true : null));
  const logged = () => logger.lines.map(({ level, event }) => `${level} ${event}`);

  beforeEach(async () => {
    redis.mood = 'well';
    logger.lines.length = 0;
    redis.commands.length = 0;
    redis.commandsByConnection.length = 0;
    redis.connections = 0;
    redis.forget();
    await redis.start();
  });
  afterEach(async () => {
    store.stop();
    await redis.stop();
  });

  it('are not there while Redis is away, and are looked for again when it is back; one line for each', async () => {
    await redis.stop();
    open();
    expect(await store.get('a')).toBeNull();
    await store.put('a', value, hourMs);
    await eventually('it has noticed', () => (logger.lines.length > 0 ? true : null));
    await redis.start();
    await connected();
    await store.put('a', value, hourMs);
    expect(await store.get('a')).toEqual(value);
    expect(logged()).toEqual(['warn answer_cache_unreachable', 'info answer_cache_reached']);
  });

  it('are not there when Redis goes away while it is asked', async () => {
    open();
    await connected();
    redis.mood = 'silent';
    const asked = store.get('a');
    await eventually('it is asked', () => (redis.commands.includes('GET') ? true : null));
    await redis.stop();
    expect(await asked).toBeNull();
    expect(store.isReady).toBe(false);
    expect(logged()).toEqual(['warn answer_cache_unreachable']);
  });

  it('are waited for as long as was said, then for a while not at all, then over a new connection', async () => {
    open(1);
    await connected();
    redis.mood = 'silent';
    expect(await store.get('a')).toBeNull();
    nowMs += 250;
    expect(await store.get('a')).toBeNull();
    await eventually('it has connected anew', () => (redis.connections === 2 ? true : null));
    await connected();
    expect(await store.get('a')).toBeNull();
    await store.put('a', value, hourMs);
    redis.mood = 'well';
    let looks = 0;
    // A look in vain is an answer, too: it shows that Redis is well.
    await eventually('it is asked again', async () => {
      nowMs += 1_000;
      looks++;
      await store.get('a');
      return logged().includes('info answer_cache_reached') || null;
    });
    expect(logged()).toEqual(['warn answer_cache_unreachable', 'info answer_cache_reached']);
    // What was not to be asked meanwhile would have come first.
    const [, ...later] = redis.commandsByConnection;
    expect(later.flat()).not.toContain('SET');
    expect(later.flat().length).toBeLessThanOrEqual(looks);
  });

  it('are looked for again at once after a moment of silence, however many noticed it', async () => {
    open(1);
    await connected();
    redis.mood = 'silent';
    const lookups = Array.from({ length: 40 }, () => store.get('a'));
    expect(await Promise.all(lookups)).toEqual(lookups.map(() => null));
    const asked = redis.commands.length;
    await store.get('a');
    await eventually('it is asked', () => (redis.commands.length > asked ? true : null));
    expect([redis.connections, logged()]).toEqual([1, []]);
  });

  it('are not there when Redis refuses, and the log says why', async () => {
    open();
    await connected();
    redis.mood = 'refusing';
    await store.put('a', value, hourMs);
    expect(await store.get('a')).toBeNull();
    nowMs += 250;
    expect(await store.get('a')).toBeNull();
    expect(logger.lines).toMatchObject([
      { event: 'answer_cache_unreachable', facts: { error: { message: expect.stringContaining('NOAUTH') } } },
    ]);
  });

  it('are not asked for after the end', async () => {
    open();
    await connected();
    store.stop();
    expect(await store.get('a')).toBeNull();
    await store.put('a', value, hourMs);
    store.stop();
    expect(logged()).toEqual([]);
  });
});
