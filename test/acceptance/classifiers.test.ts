import { eventually, heldOutDigits, Server } from './server';

interface Read {
  readonly metrics: readonly {
    readonly metric: string;
    readonly variants: readonly { readonly units: number; readonly mean: number | null }[];
  }[];
  readonly guardrails: readonly { readonly metric: string; readonly state: string }[];
  readonly classifier: readonly {
    readonly variant: string;
    readonly labelled: number;
    readonly accuracy: number;
    readonly logLoss: number;
    readonly auc: { readonly auc: { readonly estimate: number }; readonly difference: object | null };
    readonly classes: readonly { readonly label: string; readonly support: number }[];
    readonly confusion: readonly { readonly counts: readonly number[] }[];
  }[];
}

const predictMutation = 'mutation ($input: PredictInput!) { predict(input: $input) { id } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const resultsQuery = `query ($key: String!) { experiment(key: $key) { results { metrics { metric variants { units mean } } guardrails { metric state }
  classifier { variant labelled accuracy logLoss auc { auc { estimate } difference { lower } } classes { label support } confusion { counts } } } } }`;

describe('two classifiers over the held-out digits', () => {
  const server = new Server();
  const digits = heldOutDigits();

  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('are told apart by quantiles, by scores and class by class', async () => {
    const key = 'classifiers';
    const define = 'mutation ($input: DefineMetricInput!) { defineMetric(input: $input) { metric { quantile } userErrors { message } } }';
    const basket = { key: 'basket_p50', kind: 'QUANTILE', quantile: 0.5 };
    expect(await server.data(define, { input: basket })).toEqual({ defineMetric: { metric: { quantile: 0.5 }, userErrors: [] } });
    const input = {
      ...{
        key,
        model: 'digits',
        primaryMetric: 'log_loss',
        guardrails: [{ metric: 'latency_p50_ms', maxRelativeHarm: 9, action: 'WARN' }],
      },
      secondaryMetrics: ['brier_score', 'compute_ms', 'latency_p95_ms', 'basket_p50'],
      variants: [
        { key: 'control', version: '2' },
        { key: 'treatment', version: '3' },
      ],
    };
    const create =
      'mutation ($input: CreateExperimentInput!, $key: String!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: $key) { userErrors { message } } }';
    expect(await server.data(create, { input, key })).toEqual({
      createExperiment: { userErrors: [] },
      startExperiment: { userErrors: [] },
    });
    for (let from = 0; from < digits.length; from += 8) {
      const visits = digits.slice(from, from + 8).map(async ({ file, image, label }) => {
        const unitId = `${key}-${file}`;
        const { predict } = await server.data<{ predict: { id: string } }>(predictMutation, { input: { model: 'digits', image, unitId } });
        // By text, which is a class of the version all the same.
        await server.data(labelMutation, { input: { predictionId: predict.id, label: String(label) } });
        await server.data('mutation ($input: OutcomeInput!) { recordOutcome(input: $input) { id } }', {
          input: { metric: 'basket_p50', unitId, value: 10 + label, idempotencyKey: unitId },
        });
      });
      await Promise.all(visits);
    }
    const read = async () => (await server.data<{ experiment: { results: Read } }>(resultsQuery, { key })).experiment.results;
    const unitsOf = (results: Read, metric: string) =>
      results.metrics.find((one) => one.metric === metric)?.variants.reduce((sum, { units }) => sum + units, 0);
    const results = await eventually(
      read,
      (now) =>
        unitsOf(now, 'basket_p50') === digits.length && now.classifier.reduce((sum, { labelled }) => sum + labelled, 0) === digits.length,
    );
    for (const metric of ['log_loss', 'brier_score', 'compute_ms', 'latency_p95_ms', 'latency_p50_ms'])
      expect([metric, unitsOf(results, metric)]).toEqual([metric, digits.length]);
    expect(results.guardrails).toMatchObject([{ metric: 'latency_p50_ms', state: expect.stringMatching(/HOLDING|CLEARED/) }]);
    for (const { accuracy, auc, logLoss, classes, confusion, labelled } of results.classifier) {
      expect(accuracy).toBeGreaterThan(0.8);
      expect(auc.auc.estimate).toBeGreaterThan(0.9);
      expect(logLoss).toBeLessThan(1);
      expect(classes.map(({ label }) => label)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
      expect(confusion.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)).toBe(labelled);
    }
    expect(results.classifier.map(({ variant, auc }) => [variant, auc.difference === null])).toEqual([
      ['control', true],
      ['treatment', false],
    ]);
  });
});
