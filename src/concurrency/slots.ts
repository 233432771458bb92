/**
 * Things that come and go all the time, each in a numbered slot. A `Set` whose members come and go makes itself a new table again and again, and each
 * old one, once it has grown old, keeps the next and its members alive until the next full collection (docs/adr/0020).
 */
export class Slots<T extends object> implements Iterable<T> {
  readonly #slots: (T | null)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** @returns the slot, by which it is taken out again. */
  add(one: T): number {
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = one;
    return slot;
  }

  /** @throws RangeError when the slot is empty: whoever takes out twice would take out somebody else's. */
  remove(slot: number): void {
    if (!this.#slots[slot]) throw new RangeError(`slot ${slot} is empty`);
    this.#slots[slot] = null;
    this.#free.push(slot);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const one of this.#slots) if (one) yield one;
  }
}
