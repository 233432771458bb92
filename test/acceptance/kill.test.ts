import { eventually, heldOutDigits, processesNaming, Server } from './server';

interface Results {
  readonly health: { readonly labelCoverage: readonly { readonly predictions: number; readonly labelled: number }[] };
  readonly metrics: readonly { readonly variants: readonly { readonly units: number }[] }[];
}

const kills = 10;
const clients = 8;
const predictMutation = 'mutation ($input: PredictInput!) { predict(input: $input) { id } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const resultsQuery =
  '{ experiment(key: "survivor") { results { health { labelCoverage { predictions labelled } } metrics { variants { units } } } } }';

describe('kill -9 under load', () => {
  const server = new Server();
  const digits = heldOutDigits();
  /** Predictions whose label was acknowledged. */
  const acknowledged = new Set<string>();
  let visitor = 0;

  beforeAll(async () => {
    await server.start();
    const variants = [
      { key: 'a', version: '1' },
      { key: 'b', version: '3' },
    ];
    await server.data(
      'mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: "survivor") { userErrors { message } } }',
      {
        input: { key: 'survivor', model: 'digits', variants, primaryMetric: 'accuracy' },
      },
    );
  });
  afterAll(() => server.remove());

  /** Predicts and labels until the server is gone. */
  async function client(): Promise<void> {
    for (;;) {
      const digit = digits[visitor % digits.length];
      const unitId = `visitor-${visitor++}`;
      try {
        const { predict } = await server.data<{ predict: { id: string } }>(predictMutation, {
          input: { model: 'digits', image: digit?.image, unitId },
        });
        await server.data(labelMutation, { input: { predictionId: predict.id, class: digit?.label, idempotencyKey: predict.id } });
        acknowledged.add(predict.id);
      } catch {
        return;
      }
    }
  }

  it(`loses no acknowledged label and counts none twice, over ${kills} kills`, async () => {
    for (let round = 0; round < kills; round++) {
      const load = Array.from({ length: clients }, () => client());
      const wanted = acknowledged.size + 20 + 7 * round;
      await eventually(
        async () => acknowledged.size,
        (size) => size >= wanted,
      );
      await server.kill('SIGKILL');
      await Promise.all(load);
      await server.start();
    }
    const read = async () => (await server.data<{ experiment: { results: Results } }>(resultsQuery)).experiment.results;
    const labelled = ({ metrics }: Results) => metrics[0]?.variants.reduce((sum, variant) => sum + variant.units, 0) ?? 0;
    const results = await eventually(read, (one) => labelled(one) >= acknowledged.size);
    const stored = await storedLabels();
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
    // A label whose receipt was cut off by the kill may be there too; no more than one a client and kill.
    expect(labelled(results)).toBe(stored.size);
    expect(stored.size - acknowledged.size).toBeLessThanOrEqual(kills * clients);
    expect(results.health.labelCoverage.reduce((sum, arm) => sum + arm.labelled, 0)).toBe(stored.size);
  });

  /** Ids of all predictions that have a label, page by page. */
  async function storedLabels(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    const query =
      'query ($after: String) { predictions(filter: { model: "digits" }, first: 100, after: $after) { nodes { id truth { __typename } } pageInfo { hasNextPage endCursor } } }';
    for (let after: string | null = null; ; ) {
      const page: {
        predictions: {
          nodes: readonly { id: string; truth: object | null }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      } = await server.data(query, { after });
      for (const node of page.predictions.nodes) if (node.truth) ids.add(node.id);
      if (!page.predictions.pageInfo.hasNextPage) return ids;
      after = page.predictions.pageInfo.endCursor;
    }
  }

  it('leaves no process behind', async () => {
    await server.kill('SIGKILL');
    expect(
      await eventually(
        async () => processesNaming(server.dataDir),
        (pids) => pids.length === 0,
      ),
    ).toEqual([]);
  });
});
