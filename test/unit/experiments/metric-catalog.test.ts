import { AppError } from '../../../src/errors';
import type { FormError } from '../../../src/experiments/form-error';
import { builtInMetrics } from '../../../src/experiments/metric';
import { type DefineMetric, MetricCatalog } from '../../../src/experiments/metric-catalog';
import { FakeMetricStore } from '../../fakes/fake-metric-store';

describe('MetricCatalog', () => {
  it('has what serving measures, then what users defined', async () => {
    const catalog = new MetricCatalog(new FakeMetricStore());
    const purchase = await catalog.define({ key: 'purchase', kind: 'proportion' });
    expect(purchase).toEqual({
      ...{ key: 'purchase', name: 'purchase', description: '', kind: 'proportion' },
      ...{ direction: 'higher', quantile: null, cap: null, conversionWindowMs: null, maturityMs: 0, isBuiltIn: false },
    });
    expect(await catalog.list()).toEqual([...builtInMetrics, purchase]);
    expect(await catalog.find('purchase')).toEqual(purchase);
    expect(await catalog.find('joy')).toBeNull();
  });

  it.each<[string, Partial<DefineMetric>, string[][]]>([
    ['a key with capitals', { key: 'Purchase' }, [['BAD_USER_INPUT', 'key']]],
    ['a key that serving measures', { key: 'accuracy' }, [['CONFLICT', 'key']]],
    ['a key that is taken', { key: 'taken' }, [['CONFLICT', 'key']]],
    ['a cap of a proportion', { kind: 'proportion', cap: 1 }, [['BAD_USER_INPUT', 'cap']]],
    ['a quantile that does not say which', { kind: 'quantile' }, [['BAD_USER_INPUT', 'quantile']]],
    ['a quantile that is none', { kind: 'quantile', quantile: 1 }, [['BAD_USER_INPUT', 'quantile']]],
    ['a quantile that is no number', { kind: 'quantile', quantile: Number.NaN }, [['BAD_USER_INPUT', 'quantile']]],
    ['a quantile of another kind', { kind: 'mean', quantile: 0.5 }, [['BAD_USER_INPUT', 'quantile']]],
    ['a cap of a quantile', { kind: 'quantile', quantile: 0.5, cap: 1 }, [['BAD_USER_INPUT', 'cap']]],
    ['a cap of nothing', { cap: 0 }, [['BAD_USER_INPUT', 'cap']]],
    ['a cap without end', { cap: Number.POSITIVE_INFINITY }, [['BAD_USER_INPUT', 'cap']]],
    ['a window of nothing', { conversionWindowMs: 0 }, [['BAD_USER_INPUT', 'conversionWindowMs']]],
    ['a window of ages', { conversionWindowMs: 1e12 }, [['BAD_USER_INPUT', 'conversionWindowMs']]],
    ['a maturity before birth', { maturityMs: -1 }, [['BAD_USER_INPUT', 'maturityMs']]],
    ['a blank name', { name: ' ' }, [['BAD_USER_INPUT', 'name']]],
    [
      'several mistakes at once',
      { key: '-', maturityMs: Number.NaN, description: 'd'.repeat(2001) },
      [
        ['BAD_USER_INPUT', 'key'],
        ['BAD_USER_INPUT', 'description'],
        ['BAD_USER_INPUT', 'maturityMs'],
      ],
    ],
  ])('refuses %s', async (_, more, problems) => {
    const catalog = new MetricCatalog(new FakeMetricStore());
    await catalog.define({ key: 'taken', kind: 'mean' });
    const failure = (await catalog.define({ key: 'new', kind: 'mean', ...more }).catch((error: unknown) => error)) as FormError;
    expect(failure.problems.map(({ code, field }) => [code, ...field])).toEqual(problems);
  });

  it('remembers what it has seen, from another replica too, while the database is away', async () => {
    const store = new FakeMetricStore();
    const [here, there] = [new MetricCatalog(store), new MetricCatalog(store)];
    const purchase = await there.define({ key: 'purchase', kind: 'proportion' });
    expect(here.seen('purchase')).toBeNull();
    expect(await here.find('purchase')).toEqual(purchase);
    store.list = () => Promise.reject(new AppError('DATABASE_UNAVAILABLE', 'away'));
    expect(await here.find('purchase')).toEqual(purchase);
    expect(here.seen('accuracy')).not.toBeNull();
    await expect(here.find('joy')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
