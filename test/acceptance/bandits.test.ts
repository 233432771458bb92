import { Connection } from './connection';
import { eventually, heldOutDigits, Server } from './server';

interface Bandit {
  readonly variants: readonly { readonly key: string; readonly weight: number }[];
  readonly bandit: {
    readonly phases: readonly {
      readonly index: number;
      readonly weights: readonly { readonly variant: string; readonly weight: number }[];
    }[];
    readonly chancesToBeBest: readonly { readonly variant: string; readonly chance: number }[] | null;
  };
  readonly history: readonly {
    readonly action: string;
    readonly actor: string;
    readonly reason: string | null;
    readonly detail: string | null;
  }[];
  readonly results: {
    readonly units: number;
    readonly health: { readonly multipleExposures: number; readonly sampleRatioMismatch: { readonly mismatch: boolean } };
  };
}

interface Prediction {
  readonly id: string;
  readonly version: string;
  readonly assignment: { readonly variant: string; readonly reason: string; readonly propensity: number };
}

/** A server, or a connection to one of its processes. */
type Door = Pick<Server, 'data'>;

const key = 'digits-bandit';
const createMutation =
  'mutation ($input: CreateExperimentInput!, $key: String!) { createExperiment(input: $input) { userErrors { message } } startExperiment(key: $key) { userErrors { message } } }';
const predictMutation =
  'mutation ($input: PredictInput!) { predict(input: $input) { id version assignment { variant reason propensity } } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const previewQuery = 'query ($key: String!, $unitId: String!) { assignment(experiment: $key, unitId: $unitId) { reason } }';
const banditQuery = `query ($key: String!) { experiment(key: $key) { variants { key weight } history { action actor reason detail }
  bandit { phases { index weights { variant weight } } chancesToBeBest { variant chance } }
  results { units health { multipleExposures sampleRatioMismatch { mismatch } } } } }`;

const digits = heldOutDigits();
const read = async (door: Door) => (await door.data<{ experiment: Bandit }>(banditQuery, { key })).experiment;
const weightOf = ({ variants }: Bandit) => variants.find((one) => one.key === 'cnn')?.weight ?? 0;
const predict = async (door: Door, unitId: string, image: string) =>
  (await door.data<{ predict: Prediction }>(predictMutation, { input: { model: 'digits', image, unitId } })).predict;

/** The version that first served each user, and the picture. */
type Users = Map<string, { readonly version: string; readonly image: string }>;

async function start(door: Door): Promise<void> {
  const variants = [
    { key: 'linear', version: '1' },
    { key: 'cnn', version: '3' },
  ];
  const bandit = { updateEveryMs: 1000, minUnitsPerVariant: 60 };
  const input = { key, kind: 'BANDIT', model: 'digits', variants, primaryMetric: 'accuracy', bandit };
  const answer = await door.data(createMutation, { input, key });
  expect(answer).toEqual({ createExperiment: { userErrors: [] }, startExperiment: { userErrors: [] } });
}

/** One new user a digit, each with a label, until the weight has grown, or everybody was there three times. */
async function serve(door: Door, users: Users): Promise<Bandit> {
  for (let round = 0; round < 3; round++) {
    for (let from = 0; from < digits.length; from += 8) {
      const visits = digits.slice(from, from + 8).map(async ({ file, image, label }) => {
        const unitId = `${round}-${file}`;
        const { id, version } = await predict(door, unitId, image);
        users.set(unitId, { version, image });
        await door.data(labelMutation, { input: { predictionId: id, class: label } });
      });
      await Promise.all(visits);
      const present = await read(door);
      if (weightOf(present) > 0.8) return present;
    }
  }
  return eventually(
    () => read(door),
    (one) => weightOf(one) > 0.8,
  );
}

/** Those that came while the weights were as planned: before there were 60 in each version. */
function keepFirst(users: Users): void {
  for (const unitId of [...users.keys()].slice(100)) users.delete(unitId);
  expect(new Set([...users.values()].map(({ version }) => version))).toEqual(new Set(['1', '3']));
}

async function expectThatAllKeepTheirVersion(door: Door, users: Users): Promise<void> {
  const asked = [...users];
  for (let from = 0; from < asked.length; from += 8) {
    const visits = asked.slice(from, from + 8).map(async ([unitId, { image, version }]) => {
      const again = await predict(door, unitId, image);
      expect([unitId, again.version, again.assignment.reason, again.assignment.propensity]).toEqual([unitId, version, 'STICKY', 0.5]);
    });
    await Promise.all(visits);
  }
}

describe('a bandit over the held-out digits', () => {
  const server = new Server();
  const users: Users = new Map();

  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('sends new users to the better version, and keeps the earlier ones where they were', async () => {
    await start(server);
    expect(await read(server)).toMatchObject({ bandit: { phases: [{ index: 0 }], chancesToBeBest: null } });
    const grown = await serve(server, users);
    expect(weightOf(grown)).toBeGreaterThan(0.8);
    expect(grown.bandit.chancesToBeBest?.find(({ variant }) => variant === 'cnn')?.chance).toBeGreaterThan(0.5);
    expect(grown.bandit.phases.at(-1)?.weights.find(({ variant }) => variant === 'cnn')?.weight).toBe(weightOf(grown));
    expect(grown.history.filter(({ action }) => action === 'REWEIGHTED').at(-1)).toMatchObject({
      actor: 'bandit',
      reason: expect.stringMatching(/^The chance to be best in accuracy, by \d+ units, is linear .*%, cnn .*%\.$/),
      detail: expect.stringMatching(/^linear .*%, cnn (8|9).*%$/),
    });
    keepFirst(users);
    await expectThatAllKeepTheirVersion(server, users);
  });

  it('remembers them through a restart', async () => {
    await eventually(
      () => read(server),
      ({ results }) => results.units >= users.size,
    );
    expect(await server.kill('SIGTERM')).toBe(0);
    await server.start();
    await expectThatAllKeepTheirVersion(server, users);
    const { results } = await read(server);
    expect(results.health).toMatchObject({ multipleExposures: 0, sampleRatioMismatch: { mismatch: false } });
  });

  it('draws the others by the new weights', async () => {
    const fresh = await Promise.all(Array.from({ length: 60 }, (_, i) => predict(server, `new-${i}`, digits[i]?.image ?? '')));
    const inCnn = fresh.filter(({ assignment }) => assignment.variant === 'cnn').length;
    // Of 60 at 80% fewer than 30 come once in ten million.
    expect(inCnn).toBeGreaterThanOrEqual(30);
    expect(fresh.every(({ assignment }) => assignment.reason === 'ASSIGNED' && assignment.propensity !== 0.5)).toBe(true);
  });
});

describe('a bandit served by two processes', () => {
  const server = new Server({ PROCESSES: '2' });

  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('keeps users in the version that either gave them, and changes its weights once', async () => {
    const [left, right] = (await Connection.toEach(server, 2)) as [Connection, Connection];
    const users: Users = new Map();
    await start(left);
    await serve(left, users);
    keepFirst(users);
    const isKnown = async () => {
      const asked = await Promise.all(
        [...users.keys()].map((unitId) => right.data<{ assignment: { reason: string } }>(previewQuery, { key, unitId })),
      );
      return asked.every(({ assignment }) => assignment.reason === 'STICKY');
    };
    expect(await eventually(isKnown, (known) => known)).toBe(true);
    await expectThatAllKeepTheirVersion(right, users);
    const { bandit, history, results } = await read(right);
    expect(history.filter(({ action }) => action === 'REWEIGHTED')).toHaveLength(bandit.phases.length - 1);
    expect(bandit.phases.map(({ index }) => index)).toEqual(bandit.phases.map((_, place) => place));
    expect(results.health.multipleExposures).toBe(0);
    for (const connection of [left, right]) connection.close();
  });
});
