import { addSums, noSums, noTotals, sumsDelta } from '../../../src/experiments/result-sums';
import { lowestIdAt, Partitions } from '../../../src/persistence/partitions';
import { ReportReads } from '../../../src/persistence/report-reads';
import { TypeormLoggedUnitStore } from '../../../src/persistence/typeorm-logged-unit-store';
import { TypeormSharedUnitStore } from '../../../src/persistence/typeorm-shared-unit-store';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';

const hour = Date.UTC(2026, 10, 22, 8);
const experiments = ['one', 'two'] as const;

interface Unit {
  readonly id: string;
  readonly variant: string;
  readonly other: string | null;
  readonly propensity: number;
  readonly isKept: boolean;
  readonly isYoung: boolean;
  /** Null: nothing was observed. */
  readonly totals: { readonly numerator: number; readonly denominator: number } | null;
}

/** Every combination often enough: variants, propensities, totals, in both experiments or in one. */
const units = Array.from(
  { length: 420 },
  (_, index): Unit => ({
    id: `unit-${index}`,
    variant: index % 3 === 0 ? 'cnn' : 'control',
    other: index % 5 === 0 ? null : index % 2 === 0 ? 'old' : 'new',
    propensity: index % 4 === 0 ? 0.5 : 0.25,
    isKept: index % 7 !== 0,
    isYoung: index % 11 === 0,
    totals: index % 6 === 0 ? null : { numerator: (index % 9) - 2, denominator: index % 8 },
  }),
);

describe('what reports read', () => {
  let database: TestDatabase;
  let reads: ReportReads;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { dataSource } = database;
    reads = new ReportReads({ dataSource });
    await new Partitions({ dataSource, logger: new FakeLogger(), now: () => hour }).maintain();
    for (const [index, unit] of units.entries()) {
      const id = `${lowestIdAt(hour).slice(0, -4)}${index.toString(16).padStart(4, '0')}`;
      const period = new Date(hour + (unit.isYoung ? 3 : 1) * 3_600_000);
      const assignments = [
        { experiment: 'another', variant: unit.variant, propensity: 0.125 },
        { experiment: 'one', variant: unit.variant, propensity: unit.propensity },
      ];
      if (unit.isKept)
        await dataSource.query(
          `INSERT INTO prediction (id, occurred_at, model, version, unit_id, assignments, event) VALUES ($1, $2, 'm', '1', $3, $4, '{}')`,
          [id, new Date(hour), unit.id, JSON.stringify(assignments)],
        );
      for (const experiment of experiments) {
        const variant = experiment === 'one' ? unit.variant : unit.other;
        if (variant === null) continue;
        await dataSource.query(
          `INSERT INTO experiment_unit (unit_id, experiment, variant, segments, period_end, first_exposed_at, first_prediction_id, multiple)
           VALUES ($1, $2, $3, '{}', $4, $5, $6, false)`,
          [unit.id, experiment, variant, period, new Date(hour), id],
        );
        if (unit.totals)
          await dataSource.query(`INSERT INTO unit_metric VALUES ($1, $2, 'revenue', $3, $4)`, [
            unit.id,
            experiment,
            unit.totals.numerator * (experiment === 'one' ? 1 : 10),
            unit.totals.denominator,
          ]);
      }
    }
    await dataSource.query(`INSERT INTO variant_traffic VALUES ('one', '', 'control', $1, 280, 0, 0), ('one', '', 'cnn', $1, 140, 0, 0)`, [
      new Date(hour),
    ]);
  }, 60_000);
  afterAll(() => database.drop());

  const request = { experiment: 'one', metric: 'revenue', isRatio: false, cap: null, exposedBefore: null };

  /** The slow and obvious way. */
  function sumsOf(some: readonly Unit[], isRatio: boolean, cap: number | null, factor = 1) {
    return some.reduce((sum, { totals }) => {
      const { numerator, denominator } = totals ?? noTotals;
      if (isRatio && denominator === 0) return sum;
      return addSums(sum, sumsDelta(noTotals, { numerator: numerator * factor, denominator: isRatio ? denominator : 1 }, cap));
    }, noSums);
  }

  describe('of one experiment', () => {
    it.each([
      ['a mean', false, null],
      ['a mean with a cap', false, 3],
      ['a ratio', true, null],
      ['a ratio with a cap', true, 3],
    ])('is what its units have by variant and propensity: %s', async (_, isRatio, cap) => {
      const { groups, sampledOneIn } = await new TypeormLoggedUnitStore(reads).read({ ...request, isRatio, cap });
      const expected = ['cnn', 'control'].flatMap((variant) =>
        [0.25, 0.5, null].map((propensity) => ({
          ...{ variant, propensity },
          sums: sumsOf(
            units.filter((unit) => unit.variant === variant && (unit.isKept ? unit.propensity : null) === propensity),
            isRatio,
            cap,
          ),
        })),
      );
      expect({ groups, sampledOneIn }).toEqual({ groups: expected, sampledOneIn: 1 });
    });

    it('leaves out units that are too young', async () => {
      const { groups } = await new TypeormLoggedUnitStore(reads).read({ ...request, exposedBefore: new Date(hour + 3_600_000) });
      expect(groups.reduce((sum, group) => sum + group.sums.units, 0)).toBe(units.filter(({ isYoung }) => !isYoung).length);
    });

    it('is read of every n-th unit when there are more than may be read, the same ones each time', async () => {
      const store = new TypeormLoggedUnitStore(reads, 100);
      const { groups, sampledOneIn } = await store.read(request);
      expect(sampledOneIn).toBe(5);
      const count = groups.reduce((sum, group) => sum + group.sums.units, 0);
      // 84 of 420 are expected, and six standard errors are 49.
      expect(Math.abs(count - units.length / 5)).toBeLessThan(50);
      expect(await store.read(request)).toEqual({ groups, sampledOneIn });
    });

    it('is nothing of one that nobody is in', async () => {
      expect(await new TypeormLoggedUnitStore(reads).read({ ...request, experiment: 'nothing' })).toEqual({ groups: [], sampledOneIn: 1 });
    });
  });

  describe('of two experiments', () => {
    const both = { first: 'one', second: 'two', metric: 'revenue', totalsOf: 'one', isRatio: false, cap: null, exposedBefore: null };

    it.each([
      ['by the first', { totalsOf: 'one', isRatio: false, cap: null }],
      ['by the second', { totalsOf: 'two', isRatio: true, cap: 30 }],
    ])('is what the units in both have, %s', async (_, more) => {
      const { cells, sampledOneIn } = await new TypeormSharedUnitStore(reads).read({ ...both, ...more });
      const expected = ['cnn', 'control'].flatMap((first) =>
        ['new', 'old'].map((second) => {
          const own = units.filter(({ variant, other }) => variant === first && other === second);
          return { first, second, units: own.length, sums: sumsOf(own, more.isRatio, more.cap, more.totalsOf === 'one' ? 1 : 10) };
        }),
      );
      expect({ cells, sampledOneIn }).toEqual({ cells: expected, sampledOneIn: 1 });
    });

    it('counts young units, and sums them not', async () => {
      const { cells } = await new TypeormSharedUnitStore(reads).read({ ...both, exposedBefore: new Date(hour + 3_600_000) });
      const shared = units.filter(({ other }) => other !== null);
      expect(cells.reduce((sum, cell) => sum + cell.units, 0)).toBe(shared.length);
      expect(cells.reduce((sum, cell) => sum + cell.sums.units, 0)).toBe(shared.filter(({ isYoung }) => !isYoung).length);
    });

    it('is nothing where they share no units', async () => {
      expect(await new TypeormSharedUnitStore(reads).read({ ...both, second: 'nothing' })).toEqual({ cells: [], sampledOneIn: 1 });
    });
  });

  describe('ReportReads', () => {
    it('ends a read that takes too long, with a code of its own, and goes on with the next', async () => {
      const hurried = new ReportReads({ dataSource: database.dataSource, timeoutMs: 100 });
      const late = hurried.read((runner) => runner.query('SELECT pg_sleep(60)'));
      const next = hurried.read((runner) => runner.query('SELECT 1 AS one'));
      await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', message: expect.stringMatching(/longer than 0\.1 s/) });
      expect(await next).toEqual([{ one: 1 }]);
    });

    it('reads one at a time, lets a few wait, and refuses the rest', async () => {
      const few = new ReportReads({ dataSource: database.dataSource, mostWaiting: 2 });
      const order: string[] = [];
      let finish = () => {};
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const first = few.read(async () => {
        await held;
        order.push('first');
      });
      const second = few.read(async () => order.push('second'));
      await expect(few.read(async () => order.push('third'))).rejects.toMatchObject({
        code: 'OVERLOADED',
        details: { retryAfterMs: 10_000 },
      });
      finish();
      await Promise.all([first, second]);
      expect(order).toEqual(['first', 'second']);
      await few.read(async () => order.push('fourth'));
      expect(order).toEqual(['first', 'second', 'fourth']);
    });

    it('changes nothing', async () => {
      const readOnly = { cause: { code: '25006' } };
      await expect(reads.read((runner) => runner.query('DELETE FROM experiment_unit'))).rejects.toMatchObject(readOnly);
      expect(await reads.read((runner) => runner.query('SELECT count(*)::int AS units FROM unit_metric'))).not.toEqual([{ units: 0 }]);
    });
  });
});
