import { eventually, heldOutDigits, Server } from './server';

interface Shadow {
  readonly status: string;
  readonly results: {
    readonly units: number;
    readonly decision: { readonly action: string; readonly variant: string | null; readonly reason: string };
    readonly health: { readonly sampleRatioMismatch: { readonly mismatch: boolean } };
    readonly metrics: readonly {
      readonly metric: string;
      readonly variants: readonly { readonly variant: string; readonly units: number; readonly mean: number | null }[];
    }[];
    readonly shadows: readonly {
      readonly variant: string;
      readonly pairs: number;
      readonly coverage: number | null;
      readonly correctness: {
        readonly onlyControlCorrect: number;
        readonly onlyTreatmentCorrect: number;
        readonly exactPValue: number;
      } | null;
      readonly agreement: { readonly agreement: number; readonly kappa: number | null } | null;
      readonly confidenceShift: { readonly psi: number } | null;
      readonly serviceMs: { readonly control: number; readonly treatment: number } | null;
      readonly varianceRatio: number | null;
    }[];
  };
}

const createMutation =
  'mutation ($input: CreateExperimentInput!, $key: String!) { createExperiment(input: $input) { userErrors { message field } } startExperiment(key: $key) { userErrors { message } } }';
const predictMutation =
  'mutation ($input: PredictInput!) { predict(input: $input) { id version assignment { variant inExperiment propensity } } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const resultsQuery = `query ($key: String!) { experiment(key: $key) { status results { units decision { action variant reason }
  health { sampleRatioMismatch { mismatch } } metrics { metric variants { variant units mean } }
  shadows { variant pairs coverage correctness { onlyControlCorrect onlyTreatmentCorrect exactPValue } agreement { agreement kappa }
    confidenceShift { psi } serviceMs { control treatment } varianceRatio } } } }`;

describe('a shadow over the held-out digits', () => {
  const server = new Server();
  const digits = heldOutDigits().slice(0, 300);
  const read = async (key: string) => (await server.data<{ experiment: Shadow }>(resultsQuery, { key })).experiment;

  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('changes nobody’s answer and tells which version is better, input by input', async () => {
    const variants = [
      { key: 'now', version: '1' },
      { key: 'next', version: '3' },
    ];
    const secondaryMetrics = ['agreement', 'latency_ms', 'confidence', 'error_rate'];
    const input = { key: 'beside', kind: 'SHADOW', model: 'digits', variants, primaryMetric: 'accuracy', secondaryMetrics };
    expect(await server.data(createMutation, { input, key: 'beside' })).toEqual({
      createExperiment: { userErrors: [] },
      startExperiment: { userErrors: [] },
    });
    for (let from = 0; from < digits.length; from += 8) {
      const visits = digits.slice(from, from + 8).map(async ({ image, label }, index) => {
        // Every other input has no unit: it counts as one of its own.
        const unitId = index % 2 === 0 ? { unitId: `user-${from + index}` } : {};
        const { predict } = await server.data<{ predict: { id: string; version: string; assignment: unknown } }>(predictMutation, {
          input: { model: 'digits', image, ...unitId },
        });
        expect(predict).toMatchObject({ version: '1', assignment: { variant: 'now', inExperiment: true, propensity: 1 } });
        await server.data(labelMutation, { input: { predictionId: predict.id, class: label } });
      });
      await Promise.all(visits);
    }
    const { results } = await eventually(
      () => read('beside'),
      ({ results }) => results.shadows[0]?.pairs === digits.length && results.metrics[0]?.variants[1]?.units === digits.length,
    );
    expect(results.decision).toMatchObject({ action: 'SHIP', variant: 'next' });
    expect(results.health.sampleRatioMismatch.mismatch).toBe(false);
    expect(results.units).toBe(digits.length);
    expect(results.metrics.map(({ metric, variants: [control, next] }) => [metric, control?.units, next?.units])).toEqual(
      ['accuracy', ...secondaryMetrics].map((metric) => [metric, digits.length, digits.length]),
    );
    const [shadow] = results.shadows;
    expect(shadow?.coverage).toBe(1);
    const { onlyControlCorrect = 0, onlyTreatmentCorrect = 0, exactPValue = 1 } = shadow?.correctness ?? {};
    expect(onlyTreatmentCorrect).toBeGreaterThan(onlyControlCorrect);
    expect(exactPValue).toBeLessThan(0.01);
    const agreement = results.metrics[1]?.variants[1]?.mean;
    expect(shadow?.agreement?.agreement).toBeCloseTo(agreement as number, 12);
    expect(shadow?.serviceMs?.treatment).toBeGreaterThan(0);
    expect(shadow?.varianceRatio).toBeCloseTo(1, 1);
  });

  it('of the control foretells what the other version gets right, and takes that out', async () => {
    const variants = [
      { key: 'now', version: '1' },
      { key: 'next', version: '3' },
    ];
    const input = { key: 'foretold', model: 'digits', variants, primaryMetric: 'accuracy', analysis: { controlScore: true } };
    await server.data('mutation { stopExperiment(key: "beside") { userErrors { message } } }');
    expect(await server.data(createMutation, { input, key: 'foretold' })).toEqual({
      createExperiment: { userErrors: [] },
      startExperiment: { userErrors: [] },
    });
    for (let from = 0; from < digits.length; from += 8) {
      const visits = digits.slice(from, from + 8).map(async ({ image, label, file }) => {
        const { predict } = await server.data<{ predict: { id: string } }>(predictMutation, {
          input: { model: 'digits', image, unitId: `foretold-${file}` },
        });
        await server.data(labelMutation, { input: { predictionId: predict.id, class: label } });
      });
      await Promise.all(visits);
    }
    const cupedQuery =
      'query { experiment(key: "foretold") { results { metrics { variants { units } cuped { covariate applied varianceRemoved reason } } } } }';
    const { experiment } = await eventually(
      () =>
        server.data<{
          experiment: {
            results: { metrics: { variants: { units: number }[]; cuped: { covariate: string; varianceRemoved: number | null } }[] };
          };
        }>(cupedQuery),
      ({ experiment: { results } }) =>
        (results.metrics[0]?.variants.reduce((sum, { units }) => sum + units, 0) ?? 0) === digits.length &&
        (results.metrics[0]?.cuped.varianceRemoved ?? 0) > 0.3,
    );
    expect(experiment.results.metrics[0]?.cuped).toMatchObject({ covariate: 'CONTROL_SCORE', applied: true, reason: null });
  });

  it('cannot start with another control than the champion, nor measure what users do', async () => {
    const variants = [
      { key: 'now', version: '2' },
      { key: 'next', version: '3' },
    ];
    const input = {
      key: 'odd',
      kind: 'SHADOW',
      model: 'digits',
      variants,
      primaryMetric: 'accuracy',
      namespace: { id: 'a', start: 0, end: 0.1 },
    };
    const answer = await server.data<{ startExperiment: { userErrors: { message: string }[] } }>(createMutation, { input, key: 'odd' });
    expect(answer.startExperiment.userErrors[0]?.message).toMatch(/The control of shadow "odd" is version 2/);
  });
});
