import { eventually, type HeldOut, heldOutDigits, Server } from './server';

interface Results {
  readonly units: number;
  readonly decision: { readonly action: string; readonly variant: string | null; readonly reason: string };
  readonly metrics: readonly {
    readonly variants: readonly {
      readonly variant: string;
      readonly isControl: boolean;
      readonly units: number;
      readonly mean: number;
      readonly absoluteLift: { readonly lower: number; readonly upper: number } | null;
    }[];
  }[];
}

interface Assigned {
  readonly variant: string | null;
  readonly inExperiment: boolean;
}

interface Guarded {
  readonly status: string;
  readonly history: readonly { readonly action: string; readonly actor: string; readonly reason: string | null }[];
  readonly results: {
    readonly guardrails: readonly { readonly variant: string; readonly state: string }[];
    readonly decision: { readonly action: string };
  };
}

const predictMutation =
  'mutation ($input: PredictInput!) { predict(input: $input) { id predictedClass assignment { variant inExperiment } } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id durability } }';
const resultsQuery = `query ($key: String!) { experiment(key: $key) { results { units decision { action variant reason }
  metrics { variants { variant isControl units mean absoluteLift { lower upper } } } } } }`;

describe('an experiment over the held-out digits', () => {
  const server = new Server();
  const digits = heldOutDigits();

  beforeAll(() => server.start());
  afterAll(() => server.remove());

  async function run(key: string, versions: readonly [string, string]): Promise<Results> {
    const variants = [
      { key: 'control', version: versions[0] },
      { key: 'treatment', version: versions[1] },
    ];
    const input = { key, model: 'digits', variants, primaryMetric: 'accuracy' };
    const create =
      'mutation ($input: CreateExperimentInput!, $key: String!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: $key) { userErrors { message } } }';
    expect(await server.data(create, { input, key })).toEqual({
      createExperiment: { userErrors: [] },
      startExperiment: { userErrors: [] },
    });
    for (let from = 0; from < digits.length; from += 8) await Promise.all(digits.slice(from, from + 8).map((digit) => visit(key, digit)));
    const read = async () => (await server.data<{ experiment: { results: Results } }>(resultsQuery, { key })).experiment.results;
    const labelled = (results: Results) => results.metrics[0]?.variants.reduce((sum, variant) => sum + variant.units, 0);
    return eventually(read, (results) => labelled(results) === digits.length);
  }

  async function visit(key: string, { file, image, label }: HeldOut): Promise<void> {
    const { predict } = await server.data<{ predict: { id: string; assignment: object } }>(predictMutation, {
      input: { model: 'digits', image, unitId: `${key}-${file}` },
    });
    expect(predict.assignment).toMatchObject({ inExperiment: true });
    expect(await server.data(labelMutation, { input: { predictionId: predict.id, class: label } })).toMatchObject({
      recordLabel: { durability: 'JOURNALED' },
    });
  }

  it('ships version 3 against version 1, with an interval that excludes 0', async () => {
    const { units, decision, metrics } = await run('one-or-three', ['1', '3']);
    expect(units).toBe(digits.length);
    expect(decision).toMatchObject({ action: 'SHIP', variant: 'treatment' });
    const treatment = metrics[0]?.variants.find((variant) => !variant.isControl);
    expect(treatment?.absoluteLift?.lower).toBeGreaterThan(0);
    expect(treatment?.mean).toBeGreaterThan(0.98);
  });

  it('moves the champion when the variant is shipped', async () => {
    const ship =
      'mutation { shipVariant(key: "one-or-three", variant: "treatment", reason: "the verdict") { experiment { status } userErrors { message } } }';
    expect(await server.data(ship)).toEqual({ shipVariant: { experiment: { status: 'STOPPED' }, userErrors: [] } });
    const { predict } = await server.data<{ predict: { version: string } }>(
      'mutation ($input: PredictInput!) { predict(input: $input) { version } }',
      {
        input: { model: 'digits', image: digits[0]?.image },
      },
    );
    expect(predict.version).toBe('3');
  });

  it('is stopped by a guardrail as soon as it is crossed, and the champion serves', async () => {
    const key = 'guarded';
    const variants = [
      { key: 'control', version: '3' },
      { key: 'treatment', version: '2' },
    ];
    const guardrails = [{ metric: 'accuracy', maxRelativeHarm: 0.05 }];
    const input = { key, model: 'digits', variants, primaryMetric: 'latency_ms', guardrails, segments: ['hand'] };
    const create =
      'mutation ($input: CreateExperimentInput!, $key: String!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: $key) { userErrors { message } } }';
    await server.data(create, { input, key });
    let crossedAtMs = 0;
    const read = async () => {
      const query = `query ($key: String!) { experiment(key: $key) { status history { action actor reason } results { guardrails { variant state } decision { action } } } }`;
      const { experiment } = await server.data<{ experiment: Guarded }>(query, { key });
      if (crossedAtMs === 0 && experiment.results.guardrails[0]?.state === 'CROSSED') crossedAtMs = Date.now();
      return experiment;
    };
    const exposed = { left: 0, right: 0 };
    for (let from = 0; crossedAtMs === 0 && from < digits.length; from += 8) {
      const visits = digits.slice(from, from + 8).map(async ({ file, image, label }) => {
        const hand = label % 2 === 0 ? 'left' : 'right';
        const { predict } = await server.data<{ predict: { id: string; assignment: Assigned | null } }>(predictMutation, {
          input: { model: 'digits', image, unitId: `${key}-${file}`, attributes: { hand } },
        });
        // A version that is always wrong, as far as its users say.
        // Those that come after the stop are served by the champion, outside.
        exposed[hand] += Number(predict.assignment?.inExperiment === true);
        const truth = predict.assignment?.variant === 'treatment' ? (label + 1) % 10 : label;
        await server.data(labelMutation, { input: { predictionId: predict.id, class: truth } });
      });
      await Promise.all(visits);
      await read();
    }
    const stopped = await eventually(read, ({ status }) => status === 'STOPPED');
    expect(stopped.results).toMatchObject({ guardrails: [{ variant: 'treatment', state: 'CROSSED' }], decision: { action: 'ROLL_BACK' } });
    expect(stopped.history.at(-1)).toMatchObject({
      action: 'STOPPED',
      actor: 'guardrail',
      reason: expect.stringMatching(/Accuracy of treatment is worse/),
    });
    const readSegment = () =>
      server.data<{ experiment: { segmentValues: string[]; results: { segment: string; units: number } } }>(
        'query ($key: String!) { experiment(key: $key) { segmentValues results(segment: "hand=left") { segment units } } }',
        { key },
      );
    const segments = await eventually(readSegment, ({ experiment }) => experiment.results.units === exposed.left);
    expect(segments.experiment.segmentValues).toEqual(['hand=left', 'hand=right']);
    expect(segments.experiment.results.units).toBe(exposed.left);
  });

  it('does not ship version 2 against itself', async () => {
    const { units, decision, metrics } = await run('even', ['2', '2']);
    expect(units).toBe(digits.length);
    expect(decision.action).not.toBe('SHIP');
    const lift = metrics[0]?.variants.find((variant) => !variant.isControl)?.absoluteLift;
    expect(lift?.lower).toBeLessThan(0);
    expect(lift?.upper).toBeGreaterThan(0);
  });
});
