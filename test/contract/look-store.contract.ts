import { foldLift, noLiftEvidence } from '../../src/experiments/lift-evidence';
import type { ExperimentLook, LookRow, LookStore } from '../../src/experiments/look-store';

const startMs = Date.UTC(2026, 10, 23, 12);
const secondMs = 1_000;

/** Numbers that need all their digits, and ends that are not bounded. */
function aRow(number: number, more: Partial<LookRow> = {}): LookRow {
  const [third, tiny] = [number / 3, Number.MIN_VALUE];
  const lift = { estimate: third, lower: 0.1 + 0.2 - 1 / number, upper: 1 + 2 ** -52 };
  const look = { number, atMs: startMs, unitsInSmallestArm: 40, absoluteLift: lift, pValue: tiny };
  const evidence = foldLift(noLiftEvidence, { ...look, relativeLift: { lower: Number.NEGATIVE_INFINITY, upper: 1e300 } });
  return {
    metric: 'accuracy',
    variant: 'cnn',
    ...{ controlUnits: 2 ** 40, units: 40 + number, controlMean: 1 / 7, mean: Math.PI },
    ...{ absoluteLift: lift, relativeLift: { ...lift, lower: -tiny }, pValue: tiny, evidence },
    ...more,
  };
}

function aLook(number: number, more: Partial<ExperimentLook> = {}): ExperimentLook {
  return { experiment: 'e', number, at: new Date(startMs + number * secondMs + 1), rows: [aRow(number)], ...more };
}

/** `make`: a store with nothing in it. */
export function describeLookStore(name: string, make: () => LookStore | Promise<LookStore>): void {
  describe(`a look store: ${name}`, () => {
    let store: LookStore;

    beforeEach(async () => {
      store = await make();
    });

    it('has no newest look at first', async () => {
      expect(await store.newest('e')).toBeNull();
      expect(await store.series({ experiment: 'e', metric: 'accuracy', variant: 'cnn', maxPoints: 10 })).toEqual([]);
    });

    it('gives back the newest one to the last bit', async () => {
      const nothing = { mean: null, controlMean: null, absoluteLift: null, relativeLift: null, pValue: null, evidence: null };
      const rows = [aRow(3, { variant: 'b' }), aRow(3, { variant: 'B', evidence: noLiftEvidence }), aRow(3, { metric: 'Z', ...nothing })];
      expect(await store.append(aLook(1), 0)).toBe(true);
      expect(await store.append(aLook(3, { rows }), 1)).toBe(true);
      expect(await store.append(aLook(9, { experiment: 'other' }), 0)).toBe(true);
      expect(await store.newest('e')).toEqual(aLook(3, { rows: [rows[2], rows[1], rows[0]] as LookRow[] }));
    });

    it('stores a look only after the one that it was folded from, and whole', async () => {
      expect(await store.append(aLook(2), 0)).toBe(true);
      const late = [aLook(2, { rows: [aRow(2), aRow(2, { variant: 'another' })] }), aLook(3), aLook(1)];
      for (const look of late) expect(await store.append(look, 0)).toBe(false);
      expect(await store.append(aLook(4), 3)).toBe(false);
      expect(await store.append(aLook(1), 2)).toBe(false);
      expect(await store.newest('e')).toEqual(aLook(2));
    });

    it('stores one of several that come at once', async () => {
      const looks = [1, 2, 3, 4, 5].map((units) => aLook(1, { rows: ['a', 'b'].map((variant) => aRow(1, { variant, units })) }));
      const stored = await Promise.all(looks.map((look) => store.append(look, 0)));
      expect(stored.filter((one) => one)).toHaveLength(1);
      expect(await store.newest('e')).toEqual(looks[stored.indexOf(true)]);
    });

    it('has the looks at one lift in their order', async () => {
      const rows = (number: number) => [aRow(number), aRow(number, { variant: 'other' }), aRow(number, { metric: 'latency_ms' })];
      for (const [after, number] of [
        [0, 1],
        [1, 2],
        [2, 11],
      ] as const)
        await store.append(aLook(number, { rows: rows(number) }), after);
      const request = { experiment: 'e', metric: 'accuracy', variant: 'cnn', maxPoints: 10 };
      expect(await store.series(request)).toEqual([1, 2, 11].map((number) => ({ ...aRow(number), number, at: aLook(number).at })));
    });

    it('thins them to equal stretches of time, with the first and the newest', async () => {
      for (let number = 1; number <= 21; number++) await store.append(aLook(number), number - 1);
      await store.append(aLook(41), 21);
      const numbers = async (maxPoints: number) =>
        (await store.series({ experiment: 'e', metric: 'accuracy', variant: 'cnn', maxPoints })).map(({ number }) => number);
      expect(await numbers(5)).toEqual([1, 11, 21, 41]);
      expect(await numbers(2)).toEqual([1, 41]);
      expect(await numbers(1000)).toHaveLength(22);
    });
  });
}
