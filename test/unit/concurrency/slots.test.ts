import fc from 'fast-check';
import { Slots } from '../../../src/concurrency/slots';

describe('Slots', () => {
  test('hold what a set would hold, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20), { nil: null }), { maxLength: 100 }), (steps) => {
        const slots = new Slots<{ readonly name: number }>();
        const held = new Map<{ readonly name: number }, number>();
        steps.forEach((step, name) => {
          const [leaving] = step === null ? [] : [...held.keys()].slice(step % Math.max(1, held.size));
          if (leaving) {
            slots.remove(held.get(leaving) as number);
            held.delete(leaving);
          } else {
            const one = { name };
            held.set(one, slots.add(one));
          }
          expect(new Set(slots)).toEqual(new Set(held.keys()));
          expect(slots.size).toBe(held.size);
        });
      }),
    );
  });

  test('use a slot again before they grow', () => {
    const slots = new Slots<object>();
    const first = slots.add({});
    slots.add({});
    slots.remove(first);
    expect(slots.add({})).toBe(first);
  });

  test('refuse to empty an empty slot', () => {
    const slots = new Slots<object>();
    const slot = slots.add({});
    slots.remove(slot);
    expect(() => slots.remove(slot)).toThrow(RangeError);
    expect(() => slots.remove(7)).toThrow('slot 7 is empty');
  });
});
