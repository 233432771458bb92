import type { Metric, Registry } from 'prom-client';

/**
 * Metrics in prom-client's registry whose cells are counted here: its own `inc` and `observe` check, sort and join the labels at each call,
 * and the ten of them that a prediction needs cost more than the prediction's own bookkeeping. Take a cell once for its labels, and keep it.
 */

export interface CellMetricOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  readonly registry: Registry;
}

export type CellLabels<Label extends string> = Readonly<Record<Label, string>>;

interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

abstract class CellMetric<Label extends string, Cell> {
  readonly name: string;
  readonly help: string;
  readonly aggregator = 'sum';
  abstract readonly type: 'counter' | 'histogram';
  readonly #labelNames: readonly Label[];
  readonly #cells = new Map<string, { readonly labels: CellLabels<Label>; readonly cell: Cell }>();

  constructor({ name, help, labelNames, registry }: CellMetricOptions<Label>) {
    this.name = name;
    this.help = help;
    this.#labelNames = labelNames;
    // The registry asks nothing of a metric but its name and `get`.
    registry.registerMetric(this as unknown as Metric);
  }

  cell(labels: CellLabels<Label>): Cell {
    const key = JSON.stringify(this.#labelNames.map((name) => labels[name]));
    const known = this.#cells.get(key)?.cell;
    if (known) return known;
    const cell = this.create();
    this.#cells.set(key, { labels, cell });
    return cell;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: [...this.#cells.values()].flatMap(({ labels, cell }) => this.samples(labels, cell)) };
  }

  protected abstract create(): Cell;
  protected abstract samples(labels: CellLabels<Label>, cell: Cell): readonly Sample[];
}

export class CountCell {
  value = 0;

  add(): void {
    this.value++;
  }
}

export class CellCounter<Label extends string> extends CellMetric<Label, CountCell> {
  readonly type = 'counter';

  protected create(): CountCell {
    return new CountCell();
  }

  protected samples(labels: CellLabels<Label>, { value }: CountCell): readonly Sample[] {
    return [{ labels, value }];
  }
}

export class HistogramCell {
  readonly #bounds: readonly number[];
  /** One a bound, then those above all of them. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] as number)) bucket++;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sum += value;
  }
}

export class CellHistogram<Label extends string> extends CellMetric<Label, HistogramCell> {
  readonly type = 'histogram';
  readonly #bounds: readonly number[];

  /** @param bounds upper bounds of the buckets, ascending; +Inf comes by itself. */
  constructor(options: CellMetricOptions<Label>, bounds: readonly number[]) {
    super(options);
    this.#bounds = bounds;
  }

  protected create(): HistogramCell {
    return new HistogramCell(this.#bounds);
  }

  protected samples(labels: CellLabels<Label>, { counts, sum }: HistogramCell): readonly Sample[] {
    let total = 0;
    const buckets = counts.map((count, bucket) => {
      total += count;
      return { metricName: `${this.name}_bucket`, labels: { le: this.#bounds[bucket] ?? '+Inf', ...labels }, value: total };
    });
    return [...buckets, { metricName: `${this.name}_sum`, labels, value: sum }, { metricName: `${this.name}_count`, labels, value: total }];
  }
}
