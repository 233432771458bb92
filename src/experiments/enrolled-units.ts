import { within } from '../concurrency/within';
import type { Logger } from '../events/logger';
import { EnrolledTable } from './enrolled-table';
import type { EnrolmentSource } from './enrolment-source';
import type { Experiment } from './experiment';

export interface EnrolledUnitsOptions {
  readonly source: EnrolmentSource;
  readonly logger: Logger;
  /** How many units of an experiment are remembered; later ones follow its ranges alone. */
  readonly maxUnits?: number;
  /** How long `prepare` waits. */
  readonly prepareTimeoutMs?: number;
}

/** What is remembered of a unit: how it was drawn. */
export interface Drawn {
  /** The variant's place in the experiment. */
  readonly index: number;
  readonly phase: number;
}

interface Known {
  readonly table: EnrolledTable;
  /** Of the last row that was read. */
  place: number;
  /** Rows are read by one at a time. */
  reading: Promise<void> | null;
  isFull: boolean;
}

/** Some 70 MB. */
const defaultMaxUnits = 3_000_000;
/** Few enough that the event loop has them in the table within milliseconds. */
const pageSize = 1_000;
const defaultPrepareTimeoutMs = 5_000;
/** More than an experiment has variants; times the phases it may have this is below 2^16. */
const variantSlots = 32;

/**
 * Who is in a running experiment whose weights may change, in memory, so that everybody keeps the variant he was first given: what this replica decided, at
 * once, and what all replicas did, as soon as it is in the database. Where the two differ the database is right, for it knows who came first.
 */
export class EnrolledUnits {
  readonly #options: EnrolledUnitsOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: EnrolledUnitsOptions) {
    this.#options = options;
  }

  /** Null: not that this replica knew. */
  find(experiment: string, unitId: string): Drawn | null {
    const value = this.#known.get(experiment)?.table.get(unitId) ?? -1;
    return value === -1 ? null : { index: value % variantSlots, phase: Math.floor(value / variantSlots) };
  }

  /** Remembers a decision of this replica. */
  add(experiment: string, unitId: string, drawn: Drawn): void {
    this.#set(experiment, this.#of(experiment), unitId, drawn);
  }

  /**
   * Reads who is in experiments that are new here, so that it can be relied on, and forgets those that do not run any more. When it takes long the rest
   * comes afterwards.
   * @param experiments all that run.
   */
  async prepare(experiments: readonly Experiment[]): Promise<void> {
    const keys = new Set(experiments.map(({ key }) => key));
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
    const fresh = experiments.filter((one) => one.bandit && !this.#known.has(one.key));
    if (fresh.length === 0) return;
    const loading = Promise.all(fresh.map((one) => this.#read(one)));
    // Without the database the ranges alone decide, and the next `follow` reads on.
    loading.catch((error: unknown) => this.#options.logger.warn('enrolled_units_not_read', { error }));
    await within(this.#options.prepareTimeoutMs ?? defaultPrepareTimeoutMs, loading.then(noop, noop));
  }

  /** Reads who came since. */
  async follow(experiments: readonly Experiment[]): Promise<void> {
    await Promise.all(experiments.filter(({ bandit }) => bandit).map((one) => this.#read(one)));
  }

  #read(experiment: Experiment): Promise<void> {
    const known = this.#of(experiment.key);
    known.reading ??= this.#readOn(experiment, known).finally(() => {
      known.reading = null;
    });
    return known.reading;
  }

  async #readOn({ key, variants }: Experiment, known: Known): Promise<void> {
    for (;;) {
      const rows = await this.#options.source.read(key, known.place, pageSize);
      for (const { place, unitId, variant, phase } of rows) {
        const index = variants.findIndex((one) => one.key === variant);
        if (index !== -1) this.#set(key, known, unitId, { index, phase });
        known.place = place;
      }
      if (rows.length < pageSize) return;
    }
  }

  #set(key: string, known: Known, unitId: string, { index, phase }: Drawn): void {
    if (known.table.set(unitId, phase * variantSlots + index) || known.isFull) return;
    known.isFull = true;
    this.#options.logger.warn('enrolled_units_full', { experiment: key, units: known.table.size });
  }

  #of(key: string): Known {
    let known = this.#known.get(key);
    if (!known) {
      known = { table: new EnrolledTable(this.#options.maxUnits ?? defaultMaxUnits), place: 0, reading: null, isFull: false };
      this.#known.set(key, known);
    }
    return known;
  }
}

function noop(): void {}
