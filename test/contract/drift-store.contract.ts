import { randomUUID } from 'node:crypto';
import type { DriftAlert } from '../../src/drift/drift-alert';
import type { DriftLook, DriftReference, DriftStore } from '../../src/drift/drift-store';

const day = (number: number) => new Date(Date.UTC(2026, 2, number, 1, 2, 3, 456));

function aReference(more: Partial<DriftReference> = {}): DriftReference {
  return {
    id: randomUUID(),
    model: 'digits',
    version: '1',
    capturedAt: day(1),
    profile: {
      rows: 900,
      source: 'the training split',
      accuracy: 0.1 + 0.2,
      features: [
        {
          kind: 'numeric',
          name: 'brightness',
          edges: [0.5, 1e-9, 1e300],
          counts: [1, 2, 3, 4],
          missing: 0,
          mean: 0.25,
          standardDeviation: 0,
        },
        { kind: 'categorical', name: '@prediction', categories: ['0', '1'], counts: [450, 450] },
      ],
    },
    ...more,
  };
}

function anAlert(more: Partial<DriftAlert> = {}): DriftAlert {
  return {
    id: randomUUID(),
    kind: 'DATA',
    severity: 'MEDIUM',
    state: 'PENDING',
    model: 'digits',
    version: '1',
    feature: 'brightness',
    test: 'chi-square homogeneity',
    statistic: 123.456,
    pValue: 1e-300,
    threshold: 0.01,
    effect: 0.3,
    message: 'brightness moved',
    openedAt: day(1),
    updatedAt: day(1),
    comment: null,
    ...more,
  };
}

function aLook(more: Partial<DriftLook> = {}): DriftLook {
  return {
    at: day(1),
    model: 'digits',
    version: '1',
    kind: 'DATA',
    feature: 'brightness',
    test: 'chi-square homogeneity',
    statistic: 1,
    pValue: 0.5,
    severity: 'NONE',
    ...more,
  };
}

/** What a fake and the real one must agree on, except the windows that the ingester fills. `make`: a store with nothing in it. */
export function describeDriftStore(name: string, make: () => DriftStore | Promise<DriftStore>): void {
  describe(`a drift store: ${name}`, () => {
    let store: DriftStore;

    beforeEach(async () => {
      store = await make();
    });

    describe('references', () => {
      it('gives the newest of a version', async () => {
        const [old, newest] = [aReference({ capturedAt: day(1) }), aReference({ capturedAt: day(3) })];
        for (const one of [old, newest, aReference({ capturedAt: day(2) }), aReference({ version: '2', capturedAt: day(4) })])
          await store.saveReference(one);
        expect(await store.reference('digits', '1')).toEqual(newest);
        expect(await store.reference('digits', '9')).toBeNull();
      });

      it('keeps the time of one that is saved again', async () => {
        const [shipped, captured] = [aReference({ capturedAt: day(1) }), aReference({ capturedAt: day(2) })];
        await store.saveReference(shipped);
        await store.saveReference(captured);
        await store.saveReference({ ...shipped, capturedAt: day(3) });
        expect(await store.reference('digits', '1')).toEqual(captured);
      });
    });

    describe('looks', () => {
      it('counts them by kind, feature and severity', async () => {
        await store.appendLooks([]);
        await store.appendLooks([
          aLook(),
          aLook({ at: day(2), statistic: Number.POSITIVE_INFINITY, pValue: null }),
          aLook({ severity: 'HIGH' }),
          aLook({ kind: 'PREDICTION', feature: null }),
          aLook({ model: 'other' }),
        ]);
        const counts = await store.countLooks('digits', day(1));
        expect(counts).toHaveLength(3);
        expect(counts).toEqual(
          expect.arrayContaining([
            { kind: 'DATA', feature: 'brightness', severity: 'NONE', count: 2 },
            { kind: 'DATA', feature: 'brightness', severity: 'HIGH', count: 1 },
            { kind: 'PREDICTION', feature: null, severity: 'NONE', count: 1 },
          ]),
        );
        expect(await store.countLooks('digits', day(2))).toEqual([{ kind: 'DATA', feature: 'brightness', severity: 'NONE', count: 1 }]);
      });
    });

    describe('alerts', () => {
      it('finds what was saved, and nothing under what is no id', async () => {
        const alert = anAlert({ pValue: null, effect: null, comment: 'known' });
        await store.saveAlert(alert);
        expect(await store.findAlert(alert.id)).toEqual(alert);
        expect(await store.findAlert(randomUUID())).toBeNull();
        expect(await store.findAlert('no id')).toBeNull();
      });

      it('replaces by id', async () => {
        const alert = anAlert();
        await store.saveAlert(alert);
        const later = { ...alert, state: 'FIRING', severity: 'HIGH', statistic: 7, updatedAt: day(2), comment: 'x' } as const;
        await store.saveAlert(later);
        expect(await store.findAlert(alert.id)).toEqual(later);
      });

      it.each(['brightness', null])('keeps the same drift to one open alert (feature %s)', async (feature) => {
        const first = anAlert({ feature });
        await store.saveAlert(first);
        const second = anAlert({ feature });
        await expect(store.saveAlert(second)).rejects.toMatchObject({ code: 'CONFLICT' });
        expect(await store.openAlerts('digits', '1')).toEqual([first]);
        await store.saveAlert({ ...first, state: 'RESOLVED' });
        await store.saveAlert(second);
        expect(await store.openAlerts('digits', '1')).toEqual([second]);
      });

      it('ends with one when several replicas open the same at once', async () => {
        const results = await Promise.allSettled([1, 2, 3, 4].map(() => store.saveAlert(anAlert())));
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await store.openAlerts('digits', '1')).toHaveLength(1);
      });

      it.each([{ version: '2' }, { model: 'other' }, { kind: 'PREDICTION' }, { feature: 'contrast' }, { feature: null }] as const)(
        'takes %j for another drift',
        async (difference) => {
          await store.saveAlert(anAlert());
          await expect(store.saveAlert(anAlert(difference))).resolves.toBeUndefined();
        },
      );

      it('has every state but RESOLVED open', async () => {
        const states = ['PENDING', 'FIRING', 'ACKNOWLEDGED', 'RESOLVED'] as const;
        for (const state of states) await store.saveAlert(anAlert({ state, feature: state }));
        const open = (await store.openAlerts('digits', '1')).map(({ state }) => state);
        expect(open.sort()).toEqual(['ACKNOWLEDGED', 'FIRING', 'PENDING']);
        expect(await store.openAlerts('digits', '2')).toEqual([]);
      });

      it('lists by filter', async () => {
        await store.saveAlert(anAlert({ feature: 'a', severity: 'LOW' }));
        await store.saveAlert(anAlert({ feature: 'b', severity: 'HIGH', state: 'RESOLVED' }));
        await store.saveAlert(anAlert({ feature: 'c', version: '2', kind: 'CONFIDENCE' }));
        await store.saveAlert(anAlert({ feature: 'd', model: 'other' }));
        const features = async (filter: Parameters<DriftStore['listAlerts']>[0]) =>
          (await store.listAlerts(filter, 10, null)).items.map(({ feature }) => feature).sort();
        expect(await features({})).toEqual(['a', 'b', 'c', 'd']);
        expect(await features({ model: 'digits' })).toEqual(['a', 'b', 'c']);
        expect(await features({ version: '2' })).toEqual(['c']);
        expect(await features({ kind: 'CONFIDENCE' })).toEqual(['c']);
        expect(await features({ states: ['RESOLVED', 'FIRING'] })).toEqual(['b']);
        expect(await features({ states: [] })).toEqual([]);
        expect(await features({ minSeverity: 'MEDIUM' })).toEqual(['b', 'c', 'd']);
        expect(await features({ minSeverity: 'HIGH', model: 'other' })).toEqual([]);
      });

      it('takes a state that is named more often than a statement takes values', async () => {
        const { items } = await store.listAlerts({ states: Array.from({ length: 70_000 }, () => 'FIRING' as const) }, 10, null);
        expect(items.every(({ state }) => state === 'FIRING')).toBe(true);
      });

      it('pages through the newest first without gaps, also within one moment', async () => {
        const alerts = [3, 1, 2, 2, 2, 1, 3].map((number, index) => anAlert({ openedAt: day(number), feature: `f${index}` }));
        for (const alert of alerts) await store.saveAlert(alert);
        const found: DriftAlert[] = [];
        for (let hasNextPage = true; hasNextPage; ) {
          const page = await store.listAlerts({}, 2, found.at(-1)?.id ?? null);
          expect(page.items.length).toBeLessThanOrEqual(2);
          found.push(...page.items);
          hasNextPage = page.hasNextPage;
        }
        const newestFirst = [...alerts].sort((a, b) => b.openedAt.getTime() - a.openedAt.getTime() || (a.id < b.id ? 1 : -1));
        expect(found).toEqual(newestFirst);
      });

      it.each(['00000000-0000-7000-8000-00000000abcd', 'no id'])('has no page after an alert that does not exist (%s)', async (after) => {
        await store.saveAlert(anAlert());
        expect(await store.listAlerts({}, 2, after)).toEqual({ items: [], hasNextPage: false });
      });

      it('tells what changed since a moment, oldest change first', async () => {
        const [a, b, c] = [3, 1, 2].map((number, index) => anAlert({ feature: `f${index}`, updatedAt: day(number) }));
        for (const alert of [a, b, c]) await store.saveAlert(alert as DriftAlert);
        expect(await store.alertsChangedSince(day(1))).toEqual([c, a]);
        expect(await store.alertsChangedSince(day(3))).toEqual([]);
      });
    });
  });
}
