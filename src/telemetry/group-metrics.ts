import { AggregatorRegistry, type MetricObject, Registry } from 'prom-client';
import type { MetricsPage } from './metrics-server';

/** The metrics of each process that is there, by a name that no other process ever has; null where one did not answer in time. */
export type AskProcesses = () => Promise<ReadonlyMap<string, readonly object[] | null>>;

/** Which way the processes' values become one, where prom-client's own choice hides what an operator looks for. */
const better: Readonly<Record<string, string>> = {
  // The delays of event loops: a loop that stands still must show, however many others turn.
  average: 'max',
  // The time of start: of the process that has been there longest.
  omit: 'min',
};

/**
 * One page for a group of processes: counters and histograms are summed, gauges as each says (`aggregator`). What a process had counted when it
 * was last asked stays in the sums after its end, so that they never fall: a fall would read as a restart of the whole server.
 */
export class GroupMetrics implements MetricsPage {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #ask: AskProcesses;
  readonly #latest = new Map<string, readonly MetricObject[]>();
  #gone: readonly MetricObject[] = [];

  constructor(ask: AskProcesses) {
    this.#ask = ask;
  }

  async metrics(): Promise<string> {
    const answers = await this.#ask();
    for (const [processId, metrics] of answers) {
      // One that did not answer is shown as it was: left out, the sums would fall.
      if (metrics) this.#latest.set(processId, (metrics as readonly MetricObject[]).map(withBetterAggregator));
    }
    return merged([...this.#latest.values(), this.#gone]).metrics();
  }

  /** To be told of each end, so that its gauges leave the page. */
  forget(processId: string): void {
    const last = this.#latest.get(processId);
    if (!last) return;
    this.#latest.delete(processId);
    this.#gone = merged([this.#gone, last.filter(isTotal)]).getMetricsAsArray();
  }
}

function merged(pages: readonly (readonly MetricObject[])[]): Registry {
  return AggregatorRegistry.aggregate(pages.map((page) => [...page]));
}

function withBetterAggregator(metric: MetricObject): MetricObject {
  return { ...metric, aggregator: better[metric.aggregator] ?? metric.aggregator } as MetricObject;
}

/** Whether it only grows. */
function isTotal({ type }: MetricObject): boolean {
  // JSON of one registry names the types as words, the package's enumeration is for its own use.
  return ['counter', 'histogram'].includes(String(type));
}
