import { eventually, heldOutDigits, Server } from './server';

interface Assigned {
  readonly experiment: string;
  readonly variant: string | null;
  readonly reason: string;
  readonly unit: string | null;
}

const server = new Server();
const image = heldOutDigits()[0]?.image;
const features = { values: Array.from({ length: 30 }, (_, index) => index) };
const variants = (first: string, second: string) => [
  { key: 'old', version: first },
  { key: 'new', version: second },
];
const createMutation = `mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { userErrors { message }
  experiment { namespace { id } namespaces { id start end } holdout { key share } prerequisites { experiment condition } hashAttribute } } }`;
const moveMutation = (move: string) => `mutation ($key: String!) { ${move}(key: $key) { userErrors { message } } }`;
const predictMutation = 'mutation ($input: PredictInput!) { predict(input: $input) { id assignments { experiment variant reason unit } } }';

async function create(input: object): Promise<unknown> {
  const { createExperiment } = await server.data<{ createExperiment: { experiment: unknown; userErrors: object[] } }>(createMutation, {
    input,
  });
  expect(createExperiment.userErrors).toEqual([]);
  return createExperiment.experiment;
}

async function move(name: string, key: string): Promise<void> {
  const answer = await server.data<Record<string, { userErrors: object[] }>>(moveMutation(name), { key });
  expect(answer[name]?.userErrors).toEqual([]);
}

async function assigned(input: object): Promise<readonly Assigned[]> {
  return (await server.data<{ predict: { assignments: readonly Assigned[] } }>(predictMutation, { input })).predict.assignments;
}

const digit = (unitId: string) => ({ model: 'digits', image, unitId });
const table = (unitId: string | null, attributes: object) => ({ model: 'breast-cancer', features, unitId, attributes });
const users = Array.from({ length: 120 }, (_, index) => `user-${index}`);

beforeAll(() => server.start());
afterAll(() => server.remove());

it('an experiment with all that a plan can say begins, and gives it back', async () => {
  const parent = {
    key: 'parent',
    model: 'breast-cancer',
    variants: variants('1', '2'),
    primaryMetric: 'error_rate',
    hashAttribute: 'company',
  };
  expect(await create({ ...parent, namespace: { id: 'n', start: 0, end: 1 } })).toEqual({
    namespace: { id: 'n' },
    namespaces: [{ id: 'n', start: 0, end: 1 }],
    holdout: null,
    prerequisites: [],
    hashAttribute: 'company',
  });
  const holdout = { key: 'all', share: 0.25 };
  const part = { model: 'digits', variants: variants('1', '3'), primaryMetric: 'accuracy', holdout };
  await create({ ...part, key: 'left', namespaces: [{ id: 'x', start: 0, end: 0.5 }] });
  await create({
    ...part,
    key: 'right',
    namespaces: [
      { id: 'x', start: 0.5, end: 1 },
      { id: 'y', start: 0, end: 0.9 },
    ],
  });
  for (const key of ['parent', 'left', 'right']) await move('startExperiment', key);
});

it('companies are drawn, named and counted, whoever comes from them', async () => {
  const companies = Array.from({ length: 12 }, (_, index) => `company-${index}`);
  for (const company of companies) {
    const seen = await Promise.all(['ann', 'ben', null].map((unitId) => assigned(table(unitId, { company }))));
    for (const assignments of seen) {
      expect(assignments).toEqual(seen[0]);
      expect(assignments).toMatchObject([{ experiment: 'parent', reason: 'ASSIGNED', unit: company }]);
    }
  }
  expect(await assigned(table('ann', {}))).toMatchObject([{ variant: null, reason: 'NO_UNIT', unit: null }]);
  const query =
    '{ experiment(key: "parent") { results { units metrics { variants { units mean } } health { sampleRatioMismatch { observed { units } } } } } }';
  const units = async () => (await server.data<{ experiment: { results: { units: number } } }>(query)).experiment.results.units;
  expect(await eventually(units, (count) => count === companies.length)).toBe(companies.length);
});

it('a user has one experiment of a model at most, and those held out have none', async () => {
  const reasons = new Set<string>();
  for (const user of users) {
    const assignments = await assigned(digit(user));
    expect(assignments.map(({ experiment }) => experiment)).toEqual(['left', 'right']);
    expect(assignments.filter(({ variant }) => variant !== null).length).toBeLessThanOrEqual(1);
    const held = assignments.filter(({ reason }) => reason === 'IN_HOLDOUT').length;
    expect([0, 2]).toContain(held);
    for (const { reason } of assignments) reasons.add(reason);
  }
  expect([...reasons].sort()).toEqual(['ASSIGNED', 'IN_HOLDOUT', 'NOT_IN_NAMESPACE']);
});

it('a child has only units that its parent has decided so, and nobody while the parent is paused', async () => {
  await move('stopExperiment', 'right');
  const child = {
    key: 'child',
    model: 'digits',
    variants: variants('1', '2'),
    primaryMetric: 'accuracy',
    namespace: { id: 'x', start: 0.5, end: 1 },
  };
  await create({ ...child, prerequisites: [{ experiment: 'parent', condition: { value: 'new' } }] });
  await move('startExperiment', 'child');
  const decisions = async (user: string) => {
    const company = `company-of-${user}`;
    const [parent] = await assigned(table(user, { company }));
    const all = await assigned({ ...digit(user), attributes: { company } });
    return { parent, child: all.find(({ experiment }) => experiment === 'child') as Assigned };
  };
  const inside: { readonly user: string; readonly variant: string | null }[] = [];
  for (const user of users) {
    const { parent, child: own } = await decisions(user);
    if (own.reason === 'ASSIGNED') inside.push({ user, variant: own.variant });
    if (own.reason !== 'NOT_IN_NAMESPACE') expect(own.reason).toBe(parent?.variant === 'new' ? 'ASSIGNED' : 'PREREQUISITE_NOT_MET');
  }
  expect(inside.length).toBeGreaterThan(10);
  await move('pauseExperiment', 'parent');
  for (const { user } of inside) expect((await decisions(user)).child).toMatchObject({ variant: null, reason: 'PREREQUISITE_NOT_MET' });
  await move('resumeExperiment', 'parent');
  for (const { user, variant } of inside) expect((await decisions(user)).child).toMatchObject({ variant, reason: 'ASSIGNED' });
});
