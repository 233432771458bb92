import { Connection } from './connection';
import { eventually, heldOutDigits, type Server } from './server';

interface Results {
  readonly health: { readonly labelCoverage: readonly { readonly predictions: number; readonly labelled: number }[] };
  readonly metrics: readonly { readonly variants: readonly { readonly units: number }[] }[];
}

interface Page {
  readonly predictions: {
    readonly nodes: readonly { readonly id: string; readonly truth: object | null }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

const createMutation =
  'mutation ($input: CreateExperimentInput!, $key: String!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: $key) { userErrors { message } } }';
const predictMutation = 'mutation ($input: PredictInput!) { predict(input: $input) { id assignment { experiment } } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const resultsQuery =
  'query ($key: String!) { experiment(key: $key) { results { health { labelCoverage { predictions labelled } } metrics { variants { units } } } } }';
const predictionsQuery =
  'query ($after: String) { predictions(filter: { model: "digits" }, first: 100, after: $after) { nodes { id truth { __typename } } pageInfo { hasNextPage endCursor } } }';

const experiment = 'survivor';

/** Visitors of an experiment over the digits, each with a label right after his prediction, while things are killed. */
export class LabelledTraffic {
  /** Predictions whose label was acknowledged. */
  readonly acknowledged = new Set<string>();
  /** Requests that got no answer: their label may be there all the same. */
  unanswered = 0;
  readonly #digits = heldOutDigits();
  #visitor = 0;

  /** Resolves when each process of the server routes by the experiment. */
  async begin(server: Server, processes = 1): Promise<void> {
    const variants = [
      { key: 'a', version: '1' },
      { key: 'b', version: '3' },
    ];
    await server.data(createMutation, {
      key: experiment,
      input: { key: experiment, model: 'digits', variants, primaryMetric: 'accuracy' },
    });
    const input = { model: 'digits', image: this.#digits[0]?.image, unitId: 'nobody' };
    for (const connection of await Connection.toEach(server, processes)) {
      const ask = async () => (await connection.data<{ predict: { assignment: object | null } }>(predictMutation, { input })).predict;
      if (!(await eventually(ask, ({ assignment }) => assignment !== null)).assignment) throw new Error('A process does not route.');
      connection.close();
    }
  }

  /** As many visitors at a time until `isOver`. */
  async run(server: Server, visitors: number, isOver: () => boolean): Promise<void> {
    await Promise.all(
      Array.from({ length: visitors }, async () => {
        while (!isOver()) await this.#visit(server);
      }),
    );
  }

  /** Resolves when so many labels more were acknowledged. */
  async more(labels: number): Promise<void> {
    const wanted = this.acknowledged.size + labels;
    const size = await eventually(
      async () => this.acknowledged.size,
      (one) => one >= wanted,
      60_000,
    );
    if (size < wanted) throw new Error(`Only ${size} of ${wanted} labels were acknowledged.`);
  }

  /** That each acknowledged label is there, and each one once. */
  async expectExact(server: Server): Promise<void> {
    const read = async () => {
      const { experiment: found } = await server.data<{ experiment: { results: Results } }>(resultsQuery, { key: experiment });
      return { results: found.results, stored: await this.#storedLabels(server) };
    };
    const labelled = ({ metrics }: Results) => metrics[0]?.variants.reduce((sum, variant) => sum + variant.units, 0) ?? 0;
    // Labels that nobody was told of may still come in, between one question and the other too.
    const isSettled = ({ results, stored }: Awaited<ReturnType<typeof read>>) =>
      stored.size >= this.acknowledged.size && labelled(results) === stored.size;
    const { results, stored } = await eventually(read, isSettled);
    expect([...this.acknowledged].filter((id) => !stored.has(id))).toEqual([]);
    expect(labelled(results)).toBe(stored.size);
    expect(stored.size - this.acknowledged.size).toBeLessThanOrEqual(this.unanswered);
    expect(results.health.labelCoverage.reduce((sum, arm) => sum + arm.labelled, 0)).toBe(stored.size);
  }

  async #visit(server: Server): Promise<void> {
    const digit = this.#digits[this.#visitor % this.#digits.length];
    const unitId = `visitor-${this.#visitor++}`;
    try {
      const input = { model: 'digits', image: digit?.image, unitId };
      const { predict } = await server.data<{ predict: { id: string } }>(predictMutation, { input });
      await server.data(labelMutation, { input: { predictionId: predict.id, class: digit?.label, idempotencyKey: predict.id } });
      this.acknowledged.add(predict.id);
    } catch {
      this.unanswered++;
      // The killed one needs a moment to be replaced; nobody asks in a tight loop.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Ids of all predictions that have a label, page by page. */
  async #storedLabels(server: Server): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for (let after: string | null = null; ; ) {
      const page: Page = await server.data(predictionsQuery, { after });
      for (const node of page.predictions.nodes) if (node.truth) ids.add(node.id);
      if (!page.predictions.pageInfo.hasNextPage) return ids;
      after = page.predictions.pageInfo.endCursor;
    }
  }
}
