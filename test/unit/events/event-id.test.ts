import fc from 'fast-check';
import { createEventId, eventIdFromKey, eventIdTimeMs } from '../../../src/events/event-id';

const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('createEventId', () => {
  it('is a UUID of version 7 and variant 10 that carries its time', () => {
    fc.assert(
      fc.property(times, random, (nowMs, bytes) => {
        const id = createEventId(nowMs, bytes);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(eventIdTimeMs(id)).toBe(nowMs);
      }),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(times, times, random, random, (a, b, x, y) => {
        fc.pre(a !== b);
        expect(createEventId(a, x) < createEventId(b, y)).toBe(a < b);
      }),
    );
  });

  it('keeps 74 bits of the randomness', () => {
    fc.assert(
      fc.property(times, random, fc.nat(79), (nowMs, bytes, bit) => {
        const other = Uint8Array.from(bytes);
        other[bit >> 3] = (other[bit >> 3] as number) ^ (0x80 >> (bit & 7));
        const isFixed = bit < 4 || (bit >= 16 && bit < 18);
        expect(createEventId(nowMs, other) === createEventId(nowMs, bytes)).toBe(isFixed);
      }),
    );
  });

  it('is the example of RFC 9562', () => {
    const bytes = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
    expect(createEventId(0x017f22e279b0, bytes)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it.each([[-1], [0.5], [2 ** 48], [Number.NaN]])('refuses the time %p', (nowMs) => {
    expect(() => createEventId(nowMs, new Uint8Array(10))).toThrow(RangeError);
  });

  it('refuses another number of random bytes', () => {
    expect(() => createEventId(0, new Uint8Array(16))).toThrow(RangeError);
  });
});

describe('eventIdTimeMs', () => {
  it.each([
    ['nothing', ''],
    ['a word', 'prediction'],
    ['version 4', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f'],
    ['another variant', '017f22e2-79b0-7cc3-18c4-dc0c0c07398f'],
    ['something after it', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f0'],
    ['no hyphens', '017f22e279b07cc398c4dc0c0c07398f'],
  ])('is null for %s', (_, id) => {
    expect(eventIdTimeMs(id)).toBeNull();
  });

  it('reads upper case too', () => {
    expect(eventIdTimeMs('017F22E2-79B0-7CC3-98C4-DC0C0C07398F')).toBe(0x017f22e279b0);
  });
});

describe('eventIdFromKey', () => {
  const dayStartMs = Date.UTC(2026, 5, 1);

  it('is the same for the same key, and carries the start of the day', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (scope, key) => {
        const id = eventIdFromKey({ scope, key, dayStartMs });
        expect(id).toBe(eventIdFromKey({ scope, key, dayStartMs }));
        expect(eventIdTimeMs(id)).toBe(dayStartMs);
      }),
    );
  });

  it('differs by scope, key and day, also where they would run together', () => {
    fc.assert(
      fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), ([s1, k1], [s2, k2]) => {
        fc.pre(s1 !== s2 || k1 !== k2);
        expect(eventIdFromKey({ scope: s1, key: k1, dayStartMs })).not.toBe(eventIdFromKey({ scope: s2, key: k2, dayStartMs }));
      }),
    );
    expect(eventIdFromKey({ scope: 'ab', key: 'c', dayStartMs })).not.toBe(eventIdFromKey({ scope: 'a', key: 'bc', dayStartMs }));
    expect(eventIdFromKey({ scope: 'a', key: 'b', dayStartMs })).not.toBe(
      eventIdFromKey({ scope: 'a', key: 'b', dayStartMs: dayStartMs + 86_400_000 }),
    );
  });
});
