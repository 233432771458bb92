import type { AnswerStore } from '../../src/inference/answer-cache/answer-store';
import { eventually } from '../integration/eventually';

const hourMs = 3_600_000;
const bytes = (text: string) => Buffer.from(text);

/** `make`: a store with nothing in it. */
export function describeAnswerStore(name: string, make: () => Promise<AnswerStore>): void {
  describe(`a store of answers: ${name}`, () => {
    let store: AnswerStore;

    beforeEach(async () => {
      store = await make();
    });

    const read = async (key: string) => {
      const value = await store.get(key);
      return value && Buffer.from(value).toString('latin1');
    };

    it('has nothing at first', async () => {
      expect(await store.get('a')).toBeNull();
    });

    it('has what was put, under its key and no other', async () => {
      await store.put('a', bytes('one'), hourMs);
      await store.put('b', bytes('two'), hourMs);
      expect([await read('a'), await read('b'), await read('A')]).toEqual(['one', 'two', null]);
    });

    it('has what was put last', async () => {
      await store.put('a', bytes('one'), hourMs);
      await store.put('a', bytes(''), hourMs);
      expect(await read('a')).toBe('');
    });

    it('keeps any bytes, and only those that it was given', async () => {
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await store.put('a', all.subarray(10, 250), hourMs);
      expect(await read('a')).toBe(Buffer.from(all.subarray(10, 250)).toString('latin1'));
    });

    it('has it no longer once its time is over', async () => {
      await store.put('a', bytes('one'), 1);
      await store.put('b', bytes('two'), hourMs);
      await eventually('the answer expires', async () => ((await store.get('a')) === null ? true : null));
      expect(await read('b')).toBe('two');
    });
  });
}
