import fc from 'fast-check';
import { NewestRead } from '../../../src/concurrency/newest-read';

describe('NewestRead', () => {
  it('never shows an older read after a newer one, and ends with the newest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 10 }), async (scheduler, count) => {
        const newest = new NewestRead();
        const shown: number[] = [];
        const all = Array.from({ length: count }, (_, turn) =>
          newest.show(
            () => scheduler.schedule(Promise.resolve(turn)),
            (value) => shown.push(value),
          ),
        );
        await scheduler.waitAll();
        await Promise.all(all);
        expect(shown).toEqual([...shown].sort((a, b) => a - b));
        expect(shown.at(-1)).toBe(count - 1);
      }),
    );
  });

  it('passes on what goes wrong, and shows nothing of it', async () => {
    const newest = new NewestRead();
    const shown: number[] = [];
    const failing = newest.show(
      async (): Promise<number> => Promise.reject(new Error('away')),
      (value) => shown.push(value),
    );
    await expect(failing).rejects.toThrow('away');
    await newest.show(
      async () => 2,
      (value) => shown.push(value),
    );
    expect(shown).toEqual([2]);
  });
});
