import { eventually, heldOutDigits, Server } from './server';

interface Results {
  readonly units: number;
  readonly health: {
    readonly status: string;
    readonly sampleRatioMismatch: { readonly anytimePValue: number };
    readonly labelCoverageTest: { readonly imbalanced: boolean };
    readonly lastExposureAt: string | null;
    readonly lastLabelAt: string | null;
    readonly lastOutcomeAt: string | null;
  };
  readonly progress: { readonly power: number; readonly unitsNeeded: number; readonly daysLeft: number | null; readonly reason: string };
  readonly metrics: readonly {
    readonly variants: readonly { readonly variant: string; readonly units: number; readonly mean: number }[];
  }[];
}

const createMutation =
  'mutation ($input: CreateExperimentInput!, $key: String!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: $key) { userErrors { message } } }';
const predictMutation = 'mutation ($input: PredictInput!) { predict(input: $input) { id } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const resultsQuery = `{ experiment(key: "digits") { results { units metrics { variants { variant units mean } } progress { power unitsNeeded daysLeft reason }
  health { status sampleRatioMismatch { anytimePValue } labelCoverageTest { imbalanced } lastExposureAt lastLabelAt lastOutcomeAt } } } }`;

describe('two experiments that share units', () => {
  const server = new Server();
  const digits = heldOutDigits();
  let results: Results;

  beforeAll(async () => {
    await server.start();
    const plans = [
      { key: 'digits', model: 'digits', versions: ['1', '3'] },
      { key: 'cancer', model: 'breast-cancer', versions: ['1', '2'] },
    ];
    for (const { key, model, versions } of plans) {
      const variants = ['control', 'treatment'].map((variant, index) => ({ key: variant, version: versions[index] }));
      const analysis = { minimumDetectableEffect: 0.01 };
      const input = { key, model, variants, primaryMetric: 'accuracy', analysis };
      expect(await server.data(createMutation, { input, key })).toEqual({
        createExperiment: { userErrors: [] },
        startExperiment: { userErrors: [] },
      });
    }
    const visit = async ({ file: unitId, image, label }: (typeof digits)[number], index: number) => {
      const { predict } = await server.data<{ predict: { id: string } }>(predictMutation, { input: { model: 'digits', image, unitId } });
      await server.data(labelMutation, { input: { predictionId: predict.id, class: label } });
      const values = Array.from({ length: 30 }, (_, at) => ((index * (at + 1)) % 17) + 0.5);
      await server.data(predictMutation, { input: { model: 'breast-cancer', features: { values }, unitId } });
    };
    for (let from = 0; from < digits.length; from += 8)
      await Promise.all(digits.slice(from, from + 8).map((digit, at) => visit(digit, from + at)));
    const read = async () => (await server.data<{ experiment: { results: Results } }>(resultsQuery)).experiment.results;
    results = await eventually(
      read,
      ({ metrics }) => (metrics[0]?.variants ?? []).reduce((sum, one) => sum + one.units, 0) === digits.length,
    );
  }, 120_000);
  afterAll(() => server.remove());

  it('are healthy, and say how far they have come', () => {
    const { health, progress } = results;
    expect(health).toMatchObject({ status: 'HEALTHY', labelCoverageTest: { imbalanced: false }, lastOutcomeAt: null });
    expect(health.sampleRatioMismatch.anytimePValue).toBeGreaterThan(0.001);
    for (const time of [health.lastExposureAt, health.lastLabelAt]) expect(Date.now() - Date.parse(time ?? '')).toBeLessThan(300_000);
    expect(progress.power).toBeLessThan(0.8);
    // A day is not told from a minute.
    expect([progress.unitsNeeded > 0, progress.daysLeft]).toEqual([true, null]);
    expect(progress.reason).toMatch(/^With the units of now a change of 1% is found with probability/);
  });

  it('are saved with every digit', async () => {
    const query = '{ experimentExport(key: "digits") { fileName text } }';
    const { experimentExport } = await server.data<{ experimentExport: { fileName: string; text: string } }>(query);
    expect(experimentExport.fileName).toMatch(/^digits-\d{4}-\d\d-\d\d\.csv$/);
    const [header, ...rows] = experimentExport.text.trimEnd().split('\r\n');
    const mean = (header ?? '').split(',').indexOf('mean');
    expect(rows.map((row) => Number(row.split(',')[mean]))).toEqual(results.metrics[0]?.variants.map((one) => one.mean));
  });

  it('would have given what one variant gave, had it had all units', async () => {
    const query = `query ($weight: Float!, $rest: Float!) { offPolicyReport(experiment: "digits",
      policy: [{ variant: "treatment", weight: $weight }, { variant: "control", weight: $rest }]) { units selfNormalised { estimate } warnings } }`;
    const ask = async (weight: number) =>
      (await server.data<{ offPolicyReport: object }>(query, { weight, rest: 1 - weight })).offPolicyReport;
    const mean = (variant: string) => results.metrics[0]?.variants.find((one) => one.variant === variant)?.mean as number;
    for (const [weight, variant] of [
      [1, 'treatment'],
      [0, 'control'],
    ] as const)
      expect(await ask(weight)).toEqual({
        ...{ units: digits.length, warnings: [] },
        selfNormalised: { estimate: expect.closeTo(mean(variant), 9) },
      });
    const { errors } = await server.request(query, { weight: 0.5, rest: 0.4 });
    expect(errors?.[0]).toMatchObject({ message: expect.stringMatching(/must add up to 1/), extensions: { code: 'BAD_USER_INPUT' } });
  });

  it('do not depend on each other', async () => {
    const query = `{ interactionReport(first: "digits", second: "cancer", metric: "accuracy") { units totalsOf cells { units } independence { dependent }
      interactions { difference { lower upper } } } }`;
    const { interactionReport } = await server.data<{ interactionReport: { cells: readonly { units: number }[] } }>(query);
    expect(interactionReport).toMatchObject({ units: digits.length, totalsOf: 'digits', independence: { dependent: false } });
    expect(interactionReport.cells.reduce((sum, cell) => sum + cell.units, 0)).toBe(digits.length);
    expect(interactionReport).toMatchObject({ interactions: [{ difference: { lower: expect.any(Number), upper: expect.any(Number) } }] });
  });
});
