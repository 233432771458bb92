import { Turns } from '../../../src/concurrency/turns';

describe('Turns', () => {
  it('lets each work begin when the one before has ended, also where that failed', async () => {
    const turns = new Turns();
    const told: string[] = [];
    const work = (name: string, fails = false) =>
      turns.take(async () => {
        told.push(`${name} begins`);
        await new Promise(setImmediate);
        told.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const settled = await Promise.allSettled([work('a'), work('b', true), work('c')]);
    expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
