import { PredictionFeed } from '../../../src/graphql/prediction/prediction-feed';
import { aStoredPrediction } from '../../fakes/fake-services';

const event = (id: string, model = 'digits') => ({ ...aStoredPrediction(id).event, model });

describe('the feed of predictions', () => {
  it('gives those of one model', async () => {
    const feed = new PredictionFeed(() => 0.99);
    const watcher = feed.watch('digits', 1);
    feed.succeeded(event('1', 'other'));
    feed.succeeded(event('2'));
    expect((await watcher.next()).value.id).toBe('2');
  });

  it('gives the share that was asked for', async () => {
    const draws = [0.3, 0.1, 0.5, 0.2];
    const feed = new PredictionFeed(() => draws.shift() ?? 1);
    const watcher = feed.watch('digits', 0.25);
    for (const id of ['1', '2', '3', '4']) feed.succeeded(event(id));
    expect([(await watcher.next()).value.id, (await watcher.next()).value.id]).toEqual(['2', '4']);
  });

  it('keeps a bounded number for a slow reader, the newest ones', async () => {
    const feed = new PredictionFeed(() => 0, 2);
    const watcher = feed.watch('digits', 1);
    for (const id of ['1', '2', '3']) feed.succeeded(event(id));
    expect((await watcher.next()).value.id).toBe('2');
  });

  it('forgets a watcher that left', async () => {
    const feed = new PredictionFeed(() => 0);
    const watcher = feed.watch('digits', 1);
    await watcher.return?.();
    feed.failed();
    expect(feed.watcherCount).toBe(0);
  });
});
