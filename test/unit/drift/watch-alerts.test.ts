import { AlertFeed } from '../../../src/drift/alert-feed';
import type { DriftAlert } from '../../../src/drift/drift-alert';
import { DriftHouse, shifted, steady } from './drift-house';

function anAlert(more: Partial<DriftAlert> = {}): DriftAlert {
  return {
    id: 'a',
    kind: 'DATA',
    severity: 'MEDIUM',
    state: 'FIRING',
    model: 'digits',
    version: '1',
    feature: 'f0',
    test: 't',
    statistic: 1,
    pValue: 0.01,
    threshold: 0.05,
    effect: 0.3,
    message: 'm',
    openedAt: new Date(0),
    updatedAt: new Date(0),
    comment: null,
    ...more,
  };
}
const at = (ms: number) => ({ updatedAt: new Date(ms) });

const reads = new WeakMap<object, Promise<IteratorResult<DriftAlert>>>();

/** What is waiting to be read; a read that finds nothing is kept for the next time. */
async function drain(alerts: AsyncIterableIterator<DriftAlert>): Promise<DriftAlert[]> {
  const found: DriftAlert[] = [];
  for (;;) {
    const read = reads.get(alerts) ?? alerts.next();
    reads.set(alerts, read);
    const next = await Promise.race([read, new Promise<null>((resolve) => setImmediate(resolve, null))]);
    if (!next || next.done) return found;
    reads.delete(alerts);
    found.push(next.value);
  }
}

describe('the feed', () => {
  it('tells a new subscriber what is open, then each change once', async () => {
    const feed = new AlertFeed();
    const queue = feed.watch({ minSeverity: 'LOW' });
    await feed.openNew(async () => [anAlert()]);
    feed.publish([anAlert(), anAlert({ state: 'ACKNOWLEDGED', ...at(1) })]);
    feed.publish([anAlert({ state: 'ACKNOWLEDGED', ...at(1) }), anAlert({ state: 'RESOLVED', ...at(2) })]);
    expect((await drain(queue)).map((alert) => alert.state)).toEqual(['FIRING', 'ACKNOWLEDGED', 'RESOLVED']);
  });

  it('never goes back in time when a change overtakes the first read', async () => {
    const feed = new AlertFeed();
    const queue = feed.watch({ minSeverity: 'LOW' });
    await feed.openNew(async () => {
      feed.publish([anAlert({ state: 'ACKNOWLEDGED', ...at(5) })]);
      return [anAlert()];
    });
    expect((await drain(queue)).map((alert) => alert.state)).toEqual(['ACKNOWLEDGED']);
  });

  it('keeps to model and severity, but tells the end of what it told the beginning of', async () => {
    const feed = new AlertFeed();
    const queue = feed.watch({ model: 'digits', minSeverity: 'MEDIUM' });
    feed.publish([
      anAlert({ id: 'other', model: 'x' }),
      anAlert({ id: 'mild', severity: 'LOW' }),
      anAlert({ id: 'b' }),
      anAlert({ id: 'mild', severity: 'LOW', state: 'RESOLVED', ...at(1) }),
      anAlert({ id: 'b', severity: 'LOW', ...at(1) }),
      anAlert({ id: 'b', severity: 'LOW', state: 'RESOLVED', ...at(2) }),
    ]);
    expect((await drain(queue)).map(({ id, severity, state }) => [id, severity, state])).toEqual([
      ['b', 'MEDIUM', 'FIRING'],
      ['b', 'LOW', 'FIRING'],
      ['b', 'LOW', 'RESOLVED'],
    ]);
  });

  it('never keeps more than its capacity for a slow reader', async () => {
    const feed = new AlertFeed(3);
    const queue = feed.watch({ minSeverity: 'LOW' });
    feed.publish(Array.from({ length: 10 }, (_, i) => anAlert({ id: `a${i}` })));
    expect((await drain(queue)).map((alert) => alert.id)).toEqual(['a7', 'a8', 'a9']);
    expect(queue.dropped).toBe(7);
  });

  it('tells a change again only when it was told to forget it', async () => {
    const feed = new AlertFeed();
    const queue = feed.watch({ minSeverity: 'LOW' });
    feed.publish([anAlert({ id: 'old', ...at(10) }), anAlert({ id: 'new', ...at(20) })]);
    feed.forgetBefore(20);
    feed.publish([anAlert({ id: 'old', ...at(10) }), anAlert({ id: 'new', ...at(20) })]);
    expect((await drain(queue)).map((alert) => alert.id)).toEqual(['old', 'new', 'old']);
  });

  it('forgets a subscriber that leaves, and settles its waiting read', async () => {
    const feed = new AlertFeed();
    const queue = feed.watch({ minSeverity: 'LOW' });
    const waiting = queue.next();
    await queue.return();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(feed.watcherCount).toBe(0);
  });
});

describe('watchAlerts', () => {
  it('gives the open alerts at once and then the changes', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    const alerts = house.monitor.watchAlerts({ minSeverity: 'LOW' });
    expect(await drain(alerts)).toMatchObject([{ state: 'PENDING', feature: 'f0' }]);
    await house.look(200, shifted);
    house.nowMs += 1_000;
    await house.monitor.acknowledge(house.alert()?.id ?? '', null);
    for (let i = 0; i < 3; i++) await house.look(200, steady);
    expect((await drain(alerts)).map((alert) => alert.state)).toEqual(['FIRING', 'ACKNOWLEDGED', 'RESOLVED']);
  });

  it('tells what another replica found', async () => {
    const house = await new DriftHouse().withReference();
    const other = new DriftHouse(house.store);
    const alerts = other.monitor.watchAlerts({ model: 'digits', minSeverity: 'LOW' });
    expect(await drain(alerts)).toEqual([]);
    await house.look(200, shifted);
    await other.monitor.checkAll();
    expect(await drain(alerts)).toMatchObject([{ state: 'PENDING' }]);
  });

  it('makes up for what it could not read when the database was away', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    house.store.failure = new Error('away');
    const alerts = house.monitor.watchAlerts({ minSeverity: 'LOW' });
    expect(await drain(alerts)).toEqual([]);
    house.store.failure = null;
    await house.monitor.checkAll();
    expect((await drain(alerts)).map((alert) => alert.feature)).toContain('f0');
  });

  it('ends when the monitor stops', async () => {
    const house = new DriftHouse();
    const waiting = house.monitor.watchAlerts({ minSeverity: 'LOW' }).next();
    await house.monitor.stop();
    expect(await waiting).toEqual({ value: undefined, done: true });
  });
});
