import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { GroupMetrics } from '../../../src/telemetry/group-metrics';

/** One process: what it has counted, as JSON, which is how it comes. */
class FakeProcess {
  readonly #registry = new Registry();
  readonly #rows = new Counter({ name: 'rows_total', help: 'rows', labelNames: ['model'], registers: [this.#registry] });
  readonly #seconds = new Histogram({ name: 'seconds', help: 'seconds', buckets: [1, 2], registers: [this.#registry] });
  readonly #queue = new Gauge({ name: 'queue', help: 'queue', registers: [this.#registry] });
  readonly #lag = new Gauge({ name: 'lag', help: 'lag', aggregator: 'max', registers: [this.#registry] });
  readonly #delay = new Gauge({ name: 'delay', help: 'delay', aggregator: 'average', registers: [this.#registry] });
  readonly #startedAt = new Gauge({ name: 'started_at', help: 'start', aggregator: 'omit', registers: [this.#registry] });

  constructor(startedAt = 0) {
    this.#startedAt.set(startedAt);
  }

  serve(model: string, seconds: number): void {
    this.#rows.inc({ model });
    this.#seconds.observe(seconds);
  }

  be({ queue, lag, delay }: { readonly queue: number; readonly lag: number; readonly delay: number }): void {
    this.#queue.set(queue);
    this.#lag.set(lag);
    this.#delay.set(delay);
  }

  async json(): Promise<readonly object[]> {
    return JSON.parse(JSON.stringify(await this.#registry.getMetricsAsJSON())) as readonly object[];
  }
}

class FakeGroup {
  readonly processes = new Map<string, FakeProcess>();
  readonly silent = new Set<string>();
  readonly metrics = new GroupMetrics(async () => {
    const answers = new Map<string, readonly object[] | null>();
    for (const [id, process] of this.processes) answers.set(id, this.silent.has(id) ? null : await process.json());
    return answers;
  });
  #lastId = 0;

  add(startedAt?: number): string {
    const id = `process ${++this.#lastId}`;
    this.processes.set(id, new FakeProcess(startedAt));
    return id;
  }

  kill(id: string): void {
    this.processes.delete(id);
    this.metrics.forget(id);
  }

  async read(name: string): Promise<number> {
    const line = (await this.metrics.metrics()).split('\n').find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
    return line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(' ') + 1));
  }
}

const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('serve' as const), place: fc.nat(), seconds: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('scrape' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), place: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('silence' as const), place: fc.nat() }) },
);

describe('GroupMetrics', () => {
  it('shows totals that never fall and never exceed what was served, over any kills and silences', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 30 }), async (plan) => {
        const group = new FakeGroup();
        for (let i = 0; i < 3; i++) group.add();
        let served = 0;
        let shown = 0;
        let hasShown = false;
        for (const one of [...plan, { kind: 'scrape' as const }]) {
          const ids = [...group.processes.keys()];
          const id = ids['place' in one ? one.place % ids.length : 0] as string;
          if (one.kind === 'serve') {
            group.processes.get(id)?.serve('digits', one.seconds);
            served++;
          } else if (one.kind === 'kill') {
            group.kill(id);
            group.add();
          } else if (one.kind === 'silence') group.silent.add(id);
          else {
            const [rows, observed] = [await group.read('rows_total'), await group.read('seconds_count')];
            if (!Number.isNaN(rows)) expect(rows).toBe(observed);
            // Where nobody has ever answered there is nothing to show; what was shown once stays.
            if (Number.isNaN(observed)) expect(hasShown).toBe(false);
            else {
              expect(observed).toBeGreaterThanOrEqual(shown);
              expect(observed).toBeLessThanOrEqual(served);
              shown = observed;
              hasShown = true;
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('shows exactly what was served while nobody ends', async () => {
    const group = new FakeGroup();
    const [a, b] = [group.add(), group.add()];
    group.processes.get(a)?.serve('digits', 0.5);
    group.processes.get(b)?.serve('digits', 1.5);
    group.processes.get(b)?.serve('iris', 9);
    const page = await group.metrics.metrics();
    expect(page).toContain('rows_total{model="digits"} 2\n');
    expect(page).toContain('rows_total{model="iris"} 1\n');
    expect(page).toContain('seconds_bucket{le="1"} 1\n');
    expect(page).toContain('seconds_bucket{le="2"} 2\n');
    expect(page).toContain('seconds_bucket{le="+Inf"} 3\n');
    expect(page).toContain('seconds_sum 11\n');
  });

  it('keeps the totals of a process that has gone, and forgets its gauges', async () => {
    const group = new FakeGroup();
    const [a, b] = [group.add(100), group.add(200)];
    for (const [id, queue] of [
      [a, 3],
      [b, 4],
    ] as const) {
      group.processes.get(id)?.serve('digits', 1);
      group.processes.get(id)?.be({ queue, lag: 10 * queue, delay: queue });
    }
    const read = async () => Promise.all(['rows_total', 'queue', 'lag', 'delay', 'started_at'].map((name) => group.read(name)));
    expect(await read()).toEqual([2, 7, 40, 4, 100]);
    group.kill(a);
    group.kill(b);
    group.add(300);
    expect(await read()).toEqual([2, 0, 0, 0, 300]);
  });
});
