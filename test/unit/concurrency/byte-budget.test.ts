import fc from 'fast-check';
import { ByteBudget } from '../../../src/concurrency/byte-budget';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('ByteBudget', () => {
  it('never gives out more than there is, but to one who is alone, and serves everybody in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 30 }), async (sizes) => {
        const budget = new ByteBudget(100);
        const served: number[] = [];
        const held: number[] = [];
        await Promise.all(
          sizes.map(async (bytes, index) => {
            const release = await budget.acquire(bytes);
            served.push(index);
            held.push(bytes);
            expect(budget.usedBytes <= 100 || held.length === 1).toBe(true);
            await settled();
            held.splice(held.indexOf(bytes), 1);
            release();
            release();
          }),
        );
        expect(served).toEqual(sizes.map((_, index) => index));
        expect(budget.usedBytes).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
