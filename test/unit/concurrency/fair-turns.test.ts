import fc from 'fast-check';
import { FairTurns } from '../../../src/concurrency/fair-turns';

interface Begun {
  readonly work: number;
  readonly turn: number;
}

/**
 * Lets works of these costs enter in one turn. Each takes its time, on a clock of the test's own, after some microtasks, as one with awaits
 * does; in each turn the loop has seen to other things before.
 */
async function enterTogether(costsMs: readonly number[], budgetMs: number, otherMs = 0): Promise<readonly Begun[]> {
  let nowMs = 0;
  let turn = 0;
  let isOver = false;
  const turns = new FairTurns({ elapsedMs: () => nowMs, budgetMs });
  const beginTurn = () => {
    if (isOver) return;
    turn++;
    setImmediate(beginTurn);
    nowMs = Math.max(nowMs, turns.beganAtMs) + otherMs;
  };
  setImmediate(beginTurn);
  const begun: Begun[] = [];
  await Promise.all(
    costsMs.map(async (costMs, work) => {
      const permitted = turns.enter();
      if (permitted) await permitted;
      begun.push({ work, turn });
      for (let tick = 0; tick < work % 4; tick++) await null;
      nowMs += costMs;
    }),
  );
  isOver = true;
  return begun;
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

describe('FairTurns', () => {
  it('lets each work begin once, in order, and none in a turn whose time is used', async () => {
    const costs = fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(costs, fc.integer({ min: 1, max: 12 }), fc.nat(20), async (costsMs, budgetMs, otherMs) => {
        const begun = await enterTogether(costsMs, budgetMs, otherMs);
        expect(begun.map(({ work }) => work)).toEqual(costsMs.map((_, work) => work));
        const later = begun.filter(({ turn }) => turn > 0);
        for (const turn of new Set(later.map((one) => one.turn))) {
          const ofTurn = later.filter((one) => one.turn === turn).map(({ work }) => costsMs[work] ?? 0);
          expect(total(ofTurn.slice(0, -1))).toBeLessThan(budgetMs);
        }
      }),
    );
  });

  it('lets all begin at once that fit into one turn', async () => {
    expect((await enterTogether([1, 1, 1], 5)).map(({ turn }) => turn)).toEqual([0, 0, 0]);
  });

  it('lets one begin in each turn, however long the loop saw to other things', async () => {
    expect((await enterTogether([10, 10, 10], 3, 50)).map(({ turn }) => turn)).toEqual([0, 1, 2]);
  });
});
