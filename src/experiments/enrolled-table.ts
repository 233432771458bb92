import { compileWideHash } from '../assignment/wide-hash';

/** A power of two. Each part grows by itself, so that no single unit waits for millions of others to be moved. */
const partCount = 256;
const leastSlots = 16;
const twoTo32 = 2 ** 32;
/** Another seed than any experiment's is likely to have, so that units of one variant do not crowd in some parts. */
const hash = compileWideHash('enrolled units');

/**
 * A number of 16 bits by unit, in 12 bytes a slot: the unit's 53-bit hash and the number, in open addressing. Of three million units some one in three
 * thousand million others is taken for one of them.
 */
export class EnrolledTable {
  readonly #parts: Part[] = Array.from({ length: partCount }, () => new Part());
  readonly #maxUnits: number;
  #size = 0;

  constructor(maxUnits: number) {
    this.#maxUnits = maxUnits;
  }

  get size(): number {
    return this.#size;
  }

  /** -1: not known. */
  get(unitId: string): number {
    const { high, low } = split(unitId);
    return (this.#parts[high % partCount] as Part).get(high, low);
  }

  /** Replaces what was known. @param value 0..65535. @returns false when the table is full and the unit is not in it. */
  set(unitId: string, value: number): boolean {
    const { high, low } = split(unitId);
    const part = this.#parts[high % partCount] as Part;
    if (this.#size >= this.#maxUnits && part.get(high, low) === -1) return false;
    this.#size += part.set(high, low, value);
    return true;
  }
}

function split(unitId: string): { readonly high: number; readonly low: number } {
  const whole = hash(unitId) * 2 ** 53;
  const high = Math.floor(whole / twoTo32);
  return { high, low: whole - high * twoTo32 };
}

class Part {
  #highs = new Uint32Array(leastSlots);
  #lows = new Uint32Array(leastSlots);
  /** The value + 1; 0: free. */
  #values = new Uint32Array(leastSlots);
  #used = 0;

  get(high: number, low: number): number {
    return (this.#values[this.#slotOf(high, low)] as number) - 1;
  }

  /** @returns how many units more there are. */
  set(high: number, low: number, value: number): 0 | 1 {
    const slot = this.#slotOf(high, low);
    const isNew = this.#values[slot] === 0;
    this.#highs[slot] = high;
    this.#lows[slot] = low;
    this.#values[slot] = value + 1;
    if (!isNew) return 0;
    this.#used++;
    if (this.#used > 0.75 * this.#values.length) this.#grow();
    return 1;
  }

  /** Where the unit is, or belongs. */
  #slotOf(high: number, low: number): number {
    const mask = this.#values.length - 1;
    let slot = low & mask;
    while (this.#values[slot] !== 0 && (this.#lows[slot] !== low || this.#highs[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [highs, lows, values] = [this.#highs, this.#lows, this.#values];
    const slots = 2 * values.length;
    [this.#highs, this.#lows, this.#values] = [new Uint32Array(slots), new Uint32Array(slots), new Uint32Array(slots)];
    for (let from = 0; from < values.length; from++) {
      if (values[from] === 0) continue;
      const slot = this.#slotOf(highs[from] as number, lows[from] as number);
      this.#highs[slot] = highs[from] as number;
      this.#lows[slot] = lows[from] as number;
      this.#values[slot] = values[from] as number;
    }
  }
}
