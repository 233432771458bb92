import { eventually, heldOutDigits, Server } from './server';

interface Rollout {
  readonly status: string;
  readonly coverage: number;
  readonly shippedVariant: string | null;
  readonly rollout: { readonly step: number | null };
  readonly history: readonly {
    readonly action: string;
    readonly actor: string;
    readonly reason: string | null;
    readonly detail: string | null;
  }[];
}

const createMutation =
  'mutation ($input: CreateExperimentInput!, $key: String!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: $key) { userErrors { message } } }';
const predictMutation = 'mutation ($input: PredictInput!) { predict(input: $input) { id version assignment { variant } } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const rolloutQuery =
  'query ($key: String!) { experiment(key: $key) { status coverage shippedVariant rollout { step } history { action actor reason detail } } }';

describe('a rollout over the held-out digits', () => {
  const server = new Server();
  const digits = heldOutDigits();
  const read = async (key: string) => (await server.data<{ experiment: Rollout }>(rolloutQuery, { key })).experiment;

  beforeAll(() => server.start());
  afterAll(() => server.remove());

  async function start(key: string, versions: readonly [string, string], shares: readonly number[]): Promise<void> {
    const steps = shares.map((share) => ({ share, minDurationMs: 0, minUnits: 30 }));
    const variants = [
      { key: 'now', version: versions[0] },
      { key: 'next', version: versions[1] },
    ];
    const guardrails = [{ metric: 'error_rate' }];
    const input = { key, kind: 'ROLLOUT', model: 'digits', variants, primaryMetric: 'accuracy', guardrails, rollout: { steps } };
    const answer = await server.data(createMutation, { input, key });
    expect(answer).toEqual({ createExperiment: { userErrors: [] }, startExperiment: { userErrors: [] } });
  }

  /** One user a digit, each with a label, until the rollout has ended. `truthOf`: what users of the new version say of their digit. */
  async function serve(key: string, truthOf: (label: number) => number): Promise<Rollout> {
    for (let round = 0; round < 3; round++) {
      for (let from = 0; from < digits.length; from += 8) {
        const visits = digits.slice(from, from + 8).map(async ({ file, image, label }) => {
          const unitId = `${key}-${round}-${file}`;
          const { predict } = await server.data<{ predict: { id: string; assignment: { variant: string | null } | null } }>(
            predictMutation,
            {
              input: { model: 'digits', image, unitId },
            },
          );
          const truth = predict.assignment?.variant === 'next' ? truthOf(label) : label;
          await server.data(labelMutation, { input: { predictionId: predict.id, class: truth } });
        });
        await Promise.all(visits);
        const present = await read(key);
        if (present.status !== 'RUNNING') return present;
      }
    }
    return eventually(
      () => read(key),
      ({ status }) => status !== 'RUNNING',
    );
  }

  it('of a version that is ten points worse goes back by itself', async () => {
    await start('worse', ['1', '3'], [0.25, 0.5]);
    // One in seven users of the new version finds it wrong where it was right.
    let visits = 0;
    const { status, shippedVariant, history } = await serve('worse', (label) => (visits++ % 7 === 0 ? (label + 1) % 10 : label));
    expect({ status, shippedVariant }).toEqual({ status: 'STOPPED', shippedVariant: null });
    expect(history.at(-1)).toMatchObject({
      action: 'ROLLED_BACK',
      actor: 'rollout',
      reason: expect.stringMatching(/Accuracy of next is .* worse/),
    });
    const { predict } = await server.data<{ predict: { version: string } }>(predictMutation, {
      input: { model: 'digits', image: digits[0]?.image, unitId: 'anybody' },
    });
    expect(predict.version).toBe('1');
  });

  it('of a version that is not worse goes on step by step and ships it', async () => {
    await start('sound', ['1', '3'], [0.25, 0.5]);
    expect(await read('sound')).toMatchObject({ coverage: 0.5, rollout: { step: 0 } });
    const { status, shippedVariant, history } = await serve('sound', (label) => label);
    expect({ status, shippedVariant }).toEqual({ status: 'STOPPED', shippedVariant: 'next' });
    expect(history.map(({ action, actor }) => [action, actor]).slice(2)).toEqual([
      ['ADVANCED', 'rollout'],
      ['SHIPPED', 'rollout'],
    ]);
    const { predict } = await server.data<{ predict: { version: string } }>(predictMutation, {
      input: { model: 'digits', image: digits[0]?.image },
    });
    expect(predict.version).toBe('3');
  });
});
