import type { Metric, MetricStore } from '../../src/experiments/metric';

const metric: Metric = {
  key: 'clicks',
  name: 'Clicks',
  description: 'Clicks of a user.',
  kind: 'mean',
  direction: 'higher',
  quantile: null,
  cap: null,
  conversionWindowMs: null,
  maturityMs: 0,
  isBuiltIn: false,
};

/** `make`: a store with nothing in it. */
export function describeMetricStore(name: string, make: () => MetricStore | Promise<MetricStore>): void {
  describe(`a metric store: ${name}`, () => {
    let store: MetricStore;

    beforeEach(async () => {
      store = await make();
    });

    it('is empty at first', async () => {
      expect(await store.list()).toEqual([]);
    });

    it('lists what it was given, by key', async () => {
      const others: Metric[] = [
        { ...metric, key: 'b_2', kind: 'proportion' },
        { ...metric, key: 'b1', direction: 'lower' },
        { ...metric, key: 'q', kind: 'quantile', quantile: 0.95 },
        { ...metric, key: 'a', kind: 'count', cap: 2.5, conversionWindowMs: 86_400_000, maturityMs: 3_600_000 },
      ];
      for (const one of [metric, ...others]) await store.insert(one);
      expect((await store.list()).map(({ key }) => key)).toEqual(['a', 'b1', 'b_2', 'clicks', 'q']);
      expect(await store.list()).toEqual(expect.arrayContaining([metric, ...others]));
    });

    it('refuses a key that exists', async () => {
      await store.insert(metric);
      const again = store.insert({ ...metric, name: 'other' });
      await expect(again).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('clicks') });
      expect(await store.list()).toEqual([metric]);
    });
  });
}
