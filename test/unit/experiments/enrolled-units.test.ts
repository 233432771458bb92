import fc from 'fast-check';
import { EnrolledTable } from '../../../src/experiments/enrolled-table';
import { EnrolledUnits } from '../../../src/experiments/enrolled-units';
import type { Enrolment, EnrolmentSource } from '../../../src/experiments/enrolment-source';
import { anExperiment } from '../../contract/an-experiment';
import { FakeLogger } from '../../fakes/fake-logger';
import { aBandit } from './a-bandit';

describe('the table of enrolled units', () => {
  it('is a map, whatever the order and however often it grows', () => {
    const entries = fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 65_535 })), { maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(entries, (pairs) => {
        const [table, map] = [new EnrolledTable(1e6), new Map<string, number>()];
        for (const [unit, value] of pairs) {
          expect(table.set(unit, value)).toBe(true);
          map.set(unit, value);
        }
        expect(table.size).toBe(map.size);
        for (const [unit, value] of map) expect(table.get(unit)).toBe(value);
        expect(table.get('somebody else')).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  it('takes nobody new when it is full, and still knows the others', () => {
    const table = new EnrolledTable(100);
    const taken = Array.from({ length: 150 }, (_, i) => table.set(`unit-${i}`, i));
    expect([taken.slice(0, 100).every(Boolean), taken.slice(100).some(Boolean), table.size]).toEqual([true, false, 100]);
    expect(table.set('unit-7', 70)).toBe(true);
    expect([table.get('unit-7'), table.get('unit-99'), table.get('unit-100')]).toEqual([70, 99, -1]);
  });
});

/** Rows that come one after the other, over all replicas. */
class Rows implements EnrolmentSource {
  readonly all: Enrolment[] = [];
  failure: Error | null = null;
  reads = 0;

  add(unitId: string, variant: string, phase = 0): void {
    this.all.push({ place: 10 * this.all.length + 7, unitId, variant, phase });
  }

  async read(_: string, after: number, limit: number): Promise<readonly Enrolment[]> {
    this.reads++;
    if (this.failure) throw this.failure;
    return this.all.filter(({ place }) => place > after).slice(0, limit);
  }
}

function setUp(more: { readonly maxUnits?: number; readonly prepareTimeoutMs?: number } = {}) {
  const [source, logger] = [new Rows(), new FakeLogger()];
  return { source, logger, enrolled: new EnrolledUnits({ source, logger, ...more }) };
}

const bandit = aBandit();
const { key } = bandit;

describe('who is enrolled', () => {
  it('is read before it is relied on, all of it, and only of bandits', async () => {
    const { source, enrolled } = setUp();
    for (let i = 0; i < 12_000; i++) source.add(`unit-${i}`, i % 2 ? 'cnn' : 'control', i % 3);
    await enrolled.prepare([anExperiment({ key: 'plain', status: 'RUNNING' })]);
    expect(source.reads).toBe(0);
    await enrolled.prepare([bandit]);
    expect(enrolled.find(key, 'unit-0')).toEqual({ index: 0, phase: 0 });
    expect(enrolled.find(key, 'unit-11999')).toEqual({ index: 1, phase: 2 });
    expect(enrolled.find(key, 'unit-12000')).toBeNull();
    expect(enrolled.find('another', 'unit-0')).toBeNull();
  });

  it('is followed from where it was read to', async () => {
    const { source, enrolled } = setUp();
    source.add('early', 'cnn');
    await enrolled.prepare([bandit]);
    source.add('late', 'control', 3);
    source.add('gone', 'a variant that is no more');
    expect(enrolled.find(key, 'late')).toBeNull();
    await enrolled.follow([bandit]);
    expect(enrolled.find(key, 'late')).toEqual({ index: 0, phase: 3 });
    expect(enrolled.find(key, 'gone')).toBeNull();
  });

  it('is whom this replica decided about, at once, and the database where that was earlier', async () => {
    const { source, enrolled } = setUp();
    await enrolled.prepare([bandit]);
    enrolled.add(key, 'unit', { index: 1, phase: 2 });
    expect(enrolled.find(key, 'unit')).toEqual({ index: 1, phase: 2 });
    source.add('unit', 'control', 1);
    await enrolled.follow([bandit]);
    expect(enrolled.find(key, 'unit')).toEqual({ index: 0, phase: 1 });
  });

  it('is forgotten when the experiment does not run any more, and read again when it does', async () => {
    const { source, enrolled } = setUp();
    source.add('unit', 'cnn');
    await enrolled.prepare([bandit]);
    await enrolled.prepare([]);
    expect(enrolled.find(key, 'unit')).toBeNull();
    await enrolled.prepare([bandit]);
    expect(enrolled.find(key, 'unit')).toEqual({ index: 1, phase: 0 });
  });

  it('keeps nobody waiting when the database is away or slow, and is read on afterwards', async () => {
    const { source, logger, enrolled } = setUp({ prepareTimeoutMs: 1 });
    source.failure = new Error('The database is away.');
    await enrolled.prepare([bandit]);
    expect(logger.lines.some(({ event }) => event === 'enrolled_units_not_read')).toBe(true);
    await expect(enrolled.follow([bandit])).rejects.toThrow('away');
    source.failure = null;
    source.add('unit', 'cnn');
    await enrolled.follow([bandit]);
    expect(enrolled.find(key, 'unit')).toEqual({ index: 1, phase: 0 });
  });

  it('has a bound, which is told once', async () => {
    const { logger, enrolled } = setUp({ maxUnits: 10 });
    for (let i = 0; i < 30; i++) enrolled.add(key, `unit-${i}`, { index: 0, phase: 0 });
    expect(enrolled.find(key, 'unit-9')).not.toBeNull();
    expect(enrolled.find(key, 'unit-10')).toBeNull();
    expect(logger.lines.filter(({ event }) => event === 'enrolled_units_full')).toHaveLength(1);
  });
});
