import fc from 'fast-check';
import { MemoryAnswerStore } from '../../../../src/inference/answer-cache/memory-answer-store';

const ttlMs = 1_000;
const overheadBytes = 250;
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const step = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), key }),
  fc.record({ kind: fc.constant('put' as const), key, size: fc.nat(400) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(600) }),
);

interface PlainEntry {
  readonly value: Uint8Array;
  readonly expiresAtMs: number;
}

/** The same, word for word, over an array: oldest first. */
class PlainStore {
  entries: [string, PlainEntry][] = [];

  constructor(
    readonly maxEntries: number,
    readonly maxBytes: number,
  ) {}

  get(wanted: string, nowMs: number): Uint8Array | null {
    const found = this.entries.find(([name]) => name === wanted);
    if (!found) return null;
    this.entries = this.entries.filter((one) => one !== found);
    if (found[1].expiresAtMs <= nowMs) return null;
    this.entries.push(found);
    return found[1].value;
  }

  put(name: string, value: Uint8Array, expiresAtMs: number): void {
    this.entries = this.entries.filter(([one]) => one !== name);
    if (sizeOf(name, value) > this.maxBytes) return;
    this.entries.push([name, { value, expiresAtMs }]);
    while (this.entries.length > this.maxEntries || this.bytes > this.maxBytes) this.entries.shift();
  }

  get bytes(): number {
    return this.entries.reduce((sum, [name, { value }]) => sum + sizeOf(name, value), 0);
  }
}

function sizeOf(name: string, value: Uint8Array): number {
  return overheadBytes + name.length + value.length;
}

describe('a store of answers in memory', () => {
  it('holds what was asked for last, within its bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 2000 }),
        async (steps, maxEntries, maxBytes) => {
          let nowMs = 0;
          const store = new MemoryAnswerStore({ maxEntries, maxBytes, elapsedMs: () => nowMs });
          const plain = new PlainStore(maxEntries, maxBytes);
          for (const [at, one] of steps.entries()) {
            if (one.kind === 'wait') nowMs += one.ms;
            else if (one.kind === 'get') expect(await store.get(one.key)).toBe(plain.get(one.key, nowMs));
            else {
              const value = new Uint8Array(one.size).fill(at);
              await store.put(one.key, value, ttlMs);
              plain.put(one.key, value, nowMs + ttlMs);
            }
            expect([store.size, store.bytes]).toEqual([plain.entries.length, plain.bytes]);
            expect(store.bytes).toBeLessThanOrEqual(maxBytes);
          }
        },
      ),
    );
  });
});
