import { DriftHouse, profile, shifted, steady } from './drift-house';
import { rowsOf, seededRandom } from './simulated-traffic';

describe('a report', () => {
  it('of steady traffic finds nothing', async () => {
    const house = await new DriftHouse().withReference();
    house.send(300);
    const report = await house.monitor.report('digits', '1');
    expect(report).toMatchObject({ severity: 'NONE', hasReference: true, windowRows: 300, note: null, reference: { rows: 900 } });
    expect(report.findings.map(({ kind, feature }) => feature ?? kind)).toEqual(['f0', 'f1', 'f2', 'PREDICTION', 'CONFIDENCE']);
    expect(report.windowEndedAt?.getTime()).toBeLessThanOrEqual(house.nowMs);
  });

  it('of shifted traffic names the feature', async () => {
    const house = await new DriftHouse().withReference();
    house.send(200, shifted);
    const report = await house.monitor.report('digits', '1');
    expect(report.severity).toBe('HIGH');
    expect(report.findings.filter((finding) => finding.drifted).map((finding) => finding.feature)).toEqual(['f0']);
  });

  it('says so when there are too few rows, and finds nothing in them', async () => {
    const house = await new DriftHouse().withReference();
    house.send(99, shifted);
    const report = await house.monitor.report('digits', '1');
    expect(report).toMatchObject({ severity: 'NONE', windowRows: 99, findings: [] });
    expect(report.note).toContain('Only 99 predictions');
    house.send(1, shifted);
    expect(await house.monitor.report('digits', '1')).toMatchObject({ severity: 'HIGH', windowRows: 100, note: null });
  });

  it('walks back for rows, but not beyond 7 days', async () => {
    const house = await new DriftHouse().withReference();
    house.send(150, shifted);
    house.send(150, steady, 3 * 24 * 60);
    expect(await house.monitor.report('digits', '1')).toMatchObject({ windowRows: 300 });
    house.send(10, steady, 6 * 24 * 60);
    expect(await house.monitor.report('digits', '1')).toMatchObject({ windowRows: 160 });
  });

  it('leaves older rows out when the newest are enough', async () => {
    const house = await new DriftHouse().withReference();
    house.send(5_000, shifted);
    house.send(200);
    expect(await house.monitor.report('digits', '1')).toMatchObject({ windowRows: 200, severity: 'NONE' });
  });

  it('without a reference says what to do, and compares predictions and accuracy with their own past', async () => {
    const house = new DriftHouse();
    house.store.rowsOf.set('1', [
      ...Array.from({ length: 200 }, () => ({ inputFeatures: {}, label: '9', confidence: 1, correct: null })),
      ...rowsOf(900, house.random, steady),
    ]);
    const report = await house.monitor.report('digits', '1');
    expect(report).toMatchObject({ hasReference: false, reference: null, severity: 'HIGH', findings: [{ kind: 'PREDICTION' }] });
    expect(report.note).toContain('captureDriftReference');
  });

  it('has performance drift against the profile', async () => {
    const house = await new DriftHouse().withReference({ ...profile, accuracy: 0.98, labelled: 900 });
    house.label(200, 120);
    expect((await house.monitor.report('digits', '1')).findings).toMatchObject([{ kind: 'PERFORMANCE', severity: 'HIGH', drifted: true }]);
  });
});

describe('looks', () => {
  it('open an alert, confirm it, and resolve it when the drift is gone', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    expect(house.alert()).toMatchObject({ state: 'PENDING', severity: 'HIGH', kind: 'DATA', model: 'digits', version: '1' });
    await house.look(50, shifted);
    expect(house.alert()).toMatchObject({ state: 'FIRING' });
    for (let i = 0; i < 4 && house.alert(); i++) await house.look(200);
    expect(house.alerts()).toMatchObject([{ state: 'RESOLVED', comment: null }]);
  });

  it('do not open a second alert for the same', async () => {
    const house = await new DriftHouse().withReference();
    for (let i = 0; i < 5; i++) await house.look(100, shifted);
    expect(house.alerts()).toHaveLength(1);
  });

  it('confirm what is beyond doubt even when traffic has ended', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    await house.monitor.checkAll();
    expect(house.alert()).toMatchObject({ state: 'FIRING' });
  });

  it('with nothing new neither record nor resolve', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    await house.look(200);
    const recorded = house.store.looks.length;
    for (let i = 0; i < 5; i++) {
      house.nowMs += 120_000;
      await house.monitor.checkAll();
    }
    expect(house.store.looks).toHaveLength(recorded);
    expect(house.alert()).toBeDefined();
  });

  it('are recorded once a minute, and at once when the severity changes', async () => {
    const house = await new DriftHouse().withReference();
    house.send(200);
    for (let i = 0; i < 12; i++) {
      house.send(10, steady, 1 / 12);
      await house.monitor.checkAll();
    }
    const perLook = 5;
    expect(house.store.looks).toHaveLength(perLook);
    house.send(400, shifted, 1 / 12);
    await house.monitor.checkAll();
    expect(house.store.looks).toHaveLength(2 * perLook);
    expect(house.store.looks.at(-perLook)).toMatchObject({ feature: 'f0', severity: 'HIGH', kind: 'DATA' });
  });

  it('read only as far back as the window reaches', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(300);
    const { bucketReads } = house.store;
    bucketReads.length = 0;
    await house.look(300);
    expect(bucketReads).toEqual([new Date(Math.floor(house.nowMs / 60_000 - 1) * 60_000)]);
  });

  it('take a drop of accuracy for an alert of its own', async () => {
    const house = await new DriftHouse().withReference({ ...profile, accuracy: 0.98, labelled: 900 });
    house.label(100, 60);
    await house.monitor.checkAll();
    house.label(50, 30);
    await house.monitor.checkAll();
    expect(house.alerts()).toMatchObject([{ kind: 'PERFORMANCE', feature: null, state: 'FIRING', severity: 'HIGH' }]);
  });

  it('log a failing database and go on at the next look', async () => {
    const house = await new DriftHouse().withReference();
    house.send(200, shifted);
    house.store.failure = new Error('away');
    await house.monitor.checkAll();
    expect(house.logger.lines.map((line) => line.event)).toContain('drift_look_failed');
    house.store.failure = null;
    await house.monitor.checkAll();
    expect(house.alert()).toMatchObject({ state: 'PENDING' });
  });

  it('of two replicas end with one alert', async () => {
    const house = await new DriftHouse().withReference();
    const other = new DriftHouse(house.store);
    house.send(200, shifted);
    other.nowMs = house.nowMs;
    await Promise.all([house.monitor.checkAll(), other.monitor.checkAll()]);
    expect(house.alerts()).toHaveLength(1);
    await other.monitor.checkAll();
    await house.monitor.checkAll();
    expect(house.alert()).toMatchObject({ state: 'FIRING' });
  });

  it('leave alone what a person changed meanwhile', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    const alert = house.alert();
    const { findAlert } = house.store;
    house.store.findAlert = async (id) => {
      house.store.findAlert = findAlert;
      house.store.alerts.set(id, { ...alert, state: 'ACKNOWLEDGED', updatedAt: new Date(house.nowMs) } as never);
      return house.store.findAlert(id);
    };
    await house.look(200, shifted);
    expect(house.alert()).toMatchObject({ state: 'ACKNOWLEDGED' });
  });
});

describe('a person', () => {
  it('acknowledges an alert, which stays so until the drift is gone', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    const id = house.alert()?.id ?? '';
    expect(await house.monitor.acknowledge(id, 'the new camera')).toMatchObject({ state: 'ACKNOWLEDGED', comment: 'the new camera' });
    await house.look(200, shifted);
    expect(house.alert()).toMatchObject({ state: 'ACKNOWLEDGED', comment: 'the new camera' });
    for (let i = 0; i < 3; i++) await house.look(200);
    expect(house.alerts()).toMatchObject([{ state: 'RESOLVED', comment: 'the new camera' }]);
  });

  it('resolves an alert; rows that were judged then do not open another, new ones do', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    house.nowMs += 1_000;
    await house.monitor.resolve(house.alert()?.id ?? '', 'mended');
    await house.look(100, shifted);
    expect(house.alert()).toBeUndefined();
    await house.look(100, shifted);
    expect(house.alert()).toMatchObject({ state: 'PENDING' });
    expect(house.alerts()).toHaveLength(2);
  });

  it('is told what cannot be', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    const id = house.alert()?.id ?? '';
    await house.monitor.resolve(id, null);
    await expect(house.monitor.resolve(id, null)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    await expect(house.monitor.acknowledge(id, null)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    await expect(house.monitor.acknowledge('nothing', null)).rejects.toMatchObject({ code: 'ALERT_NOT_FOUND' });
  });

  it('lists alerts and sees them summed up', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    await house.monitor.resolve(house.alert()?.id ?? '', null);
    await house.look(200);
    await house.look(200, shifted);
    house.label(10, 9);
    expect(await house.monitor.alerts({ states: ['RESOLVED'] }, 10, null)).toMatchObject({
      items: [{ feature: 'f0' }],
      hasNextPage: false,
    });
    const summary = await house.monitor.summary('digits', 7);
    expect(summary).toMatchObject({ model: 'digits', days: 7, alerts: { opened: 2, resolved: 1, openNow: 1 } });
    expect(summary.findings).toContainEqual({ kind: 'DATA', feature: 'f0', severity: 'HIGH', count: 2 });
    expect(summary.performance).toMatchObject([{ labelled: 10, accuracy: 0.9 }]);
  });
});

describe('start and stop', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('looks every five seconds until it is stopped', async () => {
    const house = await new DriftHouse().withReference();
    house.monitor.start();
    house.send(200, shifted);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(house.alerts()).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(house.alert()).toMatchObject({ state: 'PENDING' });
    await jest.advanceTimersByTimeAsync(5_000);
    expect(house.alert()).toMatchObject({ state: 'FIRING' });
    await house.monitor.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('references', () => {
  const other = { ...profile, source: 'another file' };

  it('that ship are stored once', async () => {
    const house = await new DriftHouse().withReference();
    await house.withReference();
    await new DriftHouse(house.store).withReference();
    await house.monitor.ensureReference('digits', '1', null);
    expect(house.store.references).toHaveLength(1);
  });

  it('are replaced when the file changes, and again when it changes back; what was found against the old one is void', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(200, shifted);
    for (const next of [other, profile]) {
      house.nowMs += 1_000;
      await house.withReference(next);
      expect(house.reference()?.profile).toEqual(next);
    }
    expect(house.store.references).toHaveLength(3);
    expect(house.alerts()).toMatchObject([{ state: 'RESOLVED' }]);
  });

  it('are told apart by content, not by the order of keys', async () => {
    const house = await new DriftHouse().withReference();
    const { rows, source, features, ...rest } = profile;
    await house.withReference({ features, ...rest, source, rows });
    expect(house.store.references).toHaveLength(1);
  });

  it('are captured from the newest predictions; a captured one stays when the process starts again', async () => {
    const house = await new DriftHouse().withReference();
    await house.look(400, shifted);
    const captured = await house.monitor.captureReference('digits', '1', { lastRows: 300 });
    expect(captured.profile).toMatchObject({ rows: 300, accuracy: null });
    expect(house.alerts()).toMatchObject([{ state: 'RESOLVED' }]);
    await house.withReference();
    await house.withReference(other);
    expect(house.reference()?.id).toBe(captured.id);
    await house.look(200, shifted);
    expect(await house.monitor.report('digits', '1')).toMatchObject({ severity: 'NONE', windowRows: 200 });
  });

  it('are not captured from too few predictions', async () => {
    const house = new DriftHouse();
    house.store.rowsOf.set('1', rowsOf(99, seededRandom(1), steady));
    await expect(house.monitor.captureReference('digits', '1', {})).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('answered 99 times'),
    });
  });

  it.each([99, 10_001, 150.5])('are not captured from %d rows', async (lastRows) => {
    await expect(new DriftHouse().monitor.captureReference('digits', '1', { lastRows })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
