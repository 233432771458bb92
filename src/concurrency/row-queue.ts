/** Who goes first: a person who waits, a batch of many rows, a copy that nobody waits for. */
export const priorities = ['interactive', 'batch', 'shadow'] as const;
export type Priority = (typeof priorities)[number];

export interface Queued {
  readonly priority: Priority;
  readonly sizeBytes: number;
  /** Monotonic milliseconds. */
  readonly queuedAtMs: number;
}

interface Lane<Row> {
  rows: Row[];
  /** Where the lane begins in `rows`: taking from an array's front costs as much as it is long. */
  head: number;
}

/**
 * Rows in the order of their priority, first come first served within one. A row that has waited for `agingMs` goes before younger rows of
 * a higher priority, so that nothing starves.
 */
export class RowQueue<Row extends Queued> {
  readonly #agingMs: number;
  readonly #lanes: Readonly<Record<Priority, Lane<Row>>> = {
    interactive: { rows: [], head: 0 },
    batch: { rows: [], head: 0 },
    shadow: { rows: [], head: 0 },
  };
  #length = 0;
  #bytes = 0;

  constructor(agingMs: number) {
    this.#agingMs = agingMs;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Rows that would be served before a new row of this priority. */
  ahead(priority: Priority): number {
    let count = 0;
    for (const one of priorities) {
      count += this.#lanes[one].rows.length - this.#lanes[one].head;
      if (one === priority) break;
    }
    return count;
  }

  push(row: Row): void {
    this.#lanes[row.priority].rows.push(row);
    this.#length++;
    this.#bytes += row.sizeBytes;
  }

  take(nowMs: number): Row | undefined {
    const lane = this.#next(nowMs);
    const row = lane?.rows[lane.head];
    if (!lane || !row) return undefined;
    lane.head++;
    if (lane.head === lane.rows.length || lane.head > 1024) {
      lane.rows = lane.rows.slice(lane.head);
      lane.head = 0;
    }
    this.#length--;
    this.#bytes -= row.sizeBytes;
    return row;
  }

  /** Takes out the rows that `isGone` says of, whatever their place. */
  remove(isGone: (row: Row) => boolean): readonly Row[] {
    const removed: Row[] = [];
    for (const priority of priorities) {
      const lane = this.#lanes[priority];
      const waiting = lane.rows.slice(lane.head);
      lane.rows = waiting.filter((row) => !isGone(row));
      lane.head = 0;
      if (lane.rows.length < waiting.length) removed.push(...waiting.filter(isGone));
    }
    this.#length -= removed.length;
    for (const row of removed) this.#bytes -= row.sizeBytes;
    return removed;
  }

  #next(nowMs: number): Lane<Row> | null {
    let first: Lane<Row> | null = null;
    let oldestMs = nowMs - this.#agingMs;
    let oldest: Lane<Row> | null = null;
    for (const priority of priorities) {
      const lane = this.#lanes[priority];
      const row = lane.rows[lane.head];
      if (!row) continue;
      first ??= lane;
      if (row.queuedAtMs <= oldestMs && (oldest === null || row.queuedAtMs < oldestMs)) {
        oldest = lane;
        oldestMs = row.queuedAtMs;
      }
    }
    return oldest ?? first;
  }
}
