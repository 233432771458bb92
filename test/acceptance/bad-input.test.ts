import { eventually, Server } from './server';

interface UserError {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
}

const experiment = 'running';
const good = {
  model: 'breast-cancer',
  variants: [
    { key: 'a', version: '1' },
    { key: 'b', version: '2' },
  ],
  primaryMetric: 'revenue',
};
const [a, b] = good.variants;
const unitCount = 32;
const unitOf = (index: number) => `unit-${index % unitCount}`;

const createMutation =
  'mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { experiment { key } userErrors { code message field } } }';
const updateMutation =
  'mutation ($key: String!, $input: UpdateExperimentInput!) { updateExperiment(key: $key, input: $input) { experiment { key revision } userErrors { code message field } } }';
const moveMutation = (move: string) =>
  `mutation ($key: String!) { ${move}(key: $key) { experiment { status } userErrors { code message field } } }`;
const defineMutation = 'mutation ($input: DefineMetricInput!) { defineMetric(input: $input) { userErrors { code message field } } }';
const outcomesMutation = `mutation ($input: [OutcomeInput!]!) { recordOutcomes(input: $input) {
  ... on Receipt { id durability } ... on OutcomeFailure { index code message } } }`;
const outcomeMutation = 'mutation ($input: OutcomeInput!) { recordOutcome(input: $input) { id } }';
const labelMutation = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const everything = `{ metrics { key name kind } experiments(first: 100) { nodes { key name hypothesis model kind status revision coverage targeting seed
  hashVersion hashAttribute primaryMetric secondaryMetrics segments startedAt pausedAt stoppedAt shippedVariant segmentValues
  variants { key name version weight isControl } rollout { steps { share } } namespaces { id start end } holdout { key share }
  prerequisites { experiment condition } forcedVariants { unitId variant } guardrails { metric maxRelativeHarm action }
  analysis { method alpha minimumDetectableEffect nonInferiorityMargin plannedUnitsPerVariant } history { at actor action reason detail }
  results { units metrics { metric variants { variant units mean } } } } } models { name labels { label version } } }`;
const sumsQuery = 'query ($key: String!) { experiment(key: $key) { results { units metrics { metric variants { units mean } } } } }';

const server = new Server();

/** The whole state that a client can see, as text. */
const state = async () => JSON.stringify(await server.data(everything));

/** A body that JSON.stringify would not write, such as a number beyond all doubles. */
async function rawRequest(body: string) {
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()) as {
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  };
}

async function userErrorsOf(query: string, variables: object): Promise<readonly UserError[]> {
  const [payload] = Object.values(await server.data<Record<string, { readonly userErrors: readonly UserError[] }>>(query, variables));
  return payload?.userErrors ?? [];
}

/** Number of outcomes and their sum, over all units. */
async function counted() {
  const { experiment: found } = await server.data<{
    experiment: { results: { units: number; metrics: { metric: string; variants: { units: number; mean: number | null }[] }[] } };
  }>(sumsQuery, { key: experiment });
  const total = (metric: string) => {
    const variants = found.results.metrics.find((one) => one.metric === metric)?.variants ?? [];
    return Math.round(1e6 * variants.reduce((sum, { units, mean }) => sum + units * (mean ?? 0), 0)) / 1e6;
  };
  return { units: found.results.units, visits: total('visits'), revenue: total('revenue') };
}

beforeAll(async () => {
  await server.start();
  for (const [key, kind] of [
    ['revenue', 'MEAN'],
    ['visits', 'COUNT'],
    ['purchase', 'PROPORTION'],
    ['cost', 'RATIO'],
  ])
    expect(await userErrorsOf(defineMutation, { input: { key, kind } })).toEqual([]);
  const input = { ...good, key: experiment, secondaryMetrics: ['visits'], coverage: 1 };
  expect(await userErrorsOf(createMutation, { input })).toEqual([]);
  expect(await userErrorsOf(moveMutation('startExperiment'), { key: experiment })).toEqual([]);
  expect(await userErrorsOf(createMutation, { input: { ...good, key: 'draft' } })).toEqual([]);
  const digits = good.variants.map(({ key }, index) => ({ key, version: String(1 + 2 * index) }));
  const growing = { ...good, key: 'growing', model: 'digits', variants: digits, coverage: 0.1 };
  expect(await userErrorsOf(createMutation, { input: growing })).toEqual([]);
  expect(await userErrorsOf(moveMutation('startExperiment'), { key: 'growing' })).toEqual([]);
  const features = { values: Array.from({ length: 30 }, (_, index) => index) };
  const items = Array.from({ length: unitCount }, (_, index) => ({ model: good.model, features, unitId: unitOf(index) }));
  const predictBatch = 'mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { results { __typename } } }';
  await server.data(predictBatch, { input: { items } });
  expect(await eventually(counted, ({ units }) => units === unitCount)).toMatchObject({ units: unitCount });
});
afterAll(() => server.remove());

describe('an experiment that is not well made', () => {
  it.each<[string, object, readonly (readonly [string, string])[]]>([
    [
      'weights that do not sum to 1',
      {
        variants: [
          { ...a, weight: 0.5 },
          { ...b, weight: 0.4 },
        ],
      },
      [['BAD_USER_INPUT', 'variants']],
    ],
    [
      'a weight below 0',
      {
        variants: [
          { ...a, weight: 1.1 },
          { ...b, weight: -0.1 },
        ],
      },
      [['BAD_USER_INPUT', 'variants.1.weight']],
    ],
    ['some weights', { variants: [{ ...a, weight: 0.5 }, b] }, [['BAD_USER_INPUT', 'variants.1.weight']]],
    ['two variants of one key', { variants: [a, { ...b, key: 'a' }] }, [['BAD_USER_INPUT', 'variants.1.key']]],
    ['no variants', { variants: [] }, [['BAD_USER_INPUT', 'variants']]],
    [
      'two controls',
      {
        variants: [
          { ...a, control: true },
          { ...b, control: true },
        ],
      },
      [['BAD_USER_INPUT', 'variants']],
    ],
    ['a key that is taken', { key: experiment }, [['CONFLICT', 'key']]],
    ['a key nobody can type', { key: 'Ü b' }, [['BAD_USER_INPUT', 'key']]],
    ['an unknown model', { model: 'cats' }, [['MODEL_NOT_FOUND', 'model']]],
    ['an unknown version', { variants: [a, { key: 'b', version: '99' }] }, [['VERSION_NOT_FOUND', 'variants.1.version']]],
    ['an unknown metric', { primaryMetric: 'joy' }, [['METRIC_NOT_FOUND', 'primaryMetric']]],
    ['an unknown metric beside', { secondaryMetrics: ['joy'] }, [['METRIC_NOT_FOUND', 'secondaryMetrics.0']]],
    ['a guardrail on nothing', { guardrails: [{ metric: 'joy' }] }, [['METRIC_NOT_FOUND', 'guardrails.0.metric']]],
    ['an unknown operator', { targeting: { age: { $min: 18 } } }, [['BAD_USER_INPUT', 'targeting']]],
    ['a pattern that stalls', { targeting: { name: { $regex: '(a+)+$' } } }, [['BAD_USER_INPUT', 'targeting']]],
    ['a coverage above 1', { coverage: 1.5 }, [['BAD_USER_INPUT', 'coverage']]],
    [
      'an unknown parent',
      { prerequisites: [{ experiment: 'no', condition: { value: 'a' } }] },
      [['EXPERIMENT_NOT_FOUND', 'prerequisites.0.experiment']],
    ],
    [
      'an unknown variant of a parent',
      { prerequisites: [{ experiment, condition: { value: 'c' } }] },
      [['BAD_USER_INPUT', 'prerequisites.0.condition']],
    ],
    ['a holdout of all', { holdout: { key: 'all', share: 1 } }, [['BAD_USER_INPUT', 'holdout.share']]],
    [
      'one namespace twice',
      {
        namespaces: [
          { id: 'n', start: 0, end: 0.5 },
          { id: 'n', start: 0.5, end: 1 },
        ],
      },
      [['BAD_USER_INPUT', 'namespaces.1.id']],
    ],
    ['a tester of no variant', { forcedVariants: [{ unitId: 'u', variant: 'c' }] }, [['BAD_USER_INPUT', 'forcedVariants.0.variant']]],
    ['outcomes that have no unit there', { hashAttribute: 'company' }, [['BAD_USER_INPUT', 'primaryMetric']]],
    ['steps without a rollout', { rollout: { steps: [{ share: 0.1, minDurationMs: 0, minUnits: 1 }] } }, [['BAD_USER_INPUT', 'rollout']]],
    ['a text that cannot be stored', { name: 'half \ud800' }, []],
  ])('is refused: %s', async (_, more, problems) => {
    const before = await state();
    const { data, errors } = await server.request(createMutation, { input: { ...good, key: 'new', ...more } });
    const payload = data?.createExperiment as { experiment: object | null; userErrors: readonly UserError[] } | null | undefined;
    if (problems.length > 0) {
      expect(payload?.experiment).toBeNull();
      expect(payload?.userErrors.map(({ code, field }) => [code, field?.join('.')])).toEqual(problems);
      for (const { message } of payload?.userErrors ?? []) expect(message).toMatch(/^\S.{15,}[.)]$/s);
    } else
      expect(errors?.map(({ extensions }) => extensions.code) ?? payload?.userErrors.map(({ code }) => code)).toEqual(['BAD_USER_INPUT']);
    expect(await state()).toBe(before);
  });

  it.each(['coverage', 'holdout', 'alpha', 'weight'])('is refused: %s beyond all doubles', async (field) => {
    const before = await state();
    const fields = {
      coverage: '"coverage": 1e999',
      holdout: '"holdout": { "key": "all", "share": 1e999 }',
      alpha: '"analysis": { "alpha": -1e999 }',
      weight: '"variants": [{ "key": "a", "version": "1", "weight": 1e999 }, { "key": "b", "version": "2", "weight": 0 }]',
    };
    const rest = JSON.stringify({ ...good, key: 'new' }).slice(0, -1);
    const body = `{ "query": ${JSON.stringify(createMutation)}, "variables": { "input": ${rest}, ${fields[field as keyof typeof fields]} } } }`;
    const { errors } = await rawRequest(body);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(await state()).toBe(before);
  });
});

describe('a move or an edit that cannot be', () => {
  it.each<[string, string, object, string]>([
    ['a second start', moveMutation('startExperiment'), { key: experiment }, 'INVALID_STATE'],
    ['going on with what was not paused', moveMutation('resumeExperiment'), { key: experiment }, 'INVALID_STATE'],
    ['pausing a draft', moveMutation('pauseExperiment'), { key: 'draft' }, 'INVALID_STATE'],
    ['stopping a draft', moveMutation('stopExperiment'), { key: 'draft' }, 'INVALID_STATE'],
    ['a start on a model that is taken', moveMutation('startExperiment'), { key: 'draft' }, 'CONFLICT'],
    ['nothing that was known', moveMutation('startExperiment'), { key: 'nothing' }, 'EXPERIMENT_NOT_FOUND'],
    ['less coverage', updateMutation, { key: experiment, input: { coverage: 0.5 } }, 'INVALID_STATE'],
    ['another metric', updateMutation, { key: experiment, input: { primaryMetric: 'visits' } }, 'INVALID_STATE'],
    [
      'a tester that was seen',
      updateMutation,
      { key: experiment, input: { forcedVariants: [{ unitId: unitOf(0), variant: 'a' }] } },
      'INVALID_STATE',
    ],
    [
      'a good name with a bad hypothesis',
      updateMutation,
      { key: 'draft', input: { name: 'n', hypothesis: 'h'.repeat(2001) } },
      'BAD_USER_INPUT',
    ],
    [
      'a prerequisite of itself',
      updateMutation,
      { key: 'draft', input: { prerequisites: [{ experiment: 'draft', condition: { value: 'a' } }] } },
      'BAD_USER_INPUT',
    ],
    ['a metric that is there', defineMutation, { input: { key: 'revenue', kind: 'MEAN' } }, 'CONFLICT'],
    ['a metric of ours', defineMutation, { input: { key: 'accuracy', kind: 'MEAN' } }, 'CONFLICT'],
  ])('is refused: %s', async (_, mutation, variables, code) => {
    const before = await state();
    const { data, errors } = await server.request(mutation, variables);
    const userErrors = Object.values((data ?? {}) as Record<string, { userErrors: readonly UserError[] } | null>).flatMap(
      (one) => one?.userErrors ?? [],
    );
    expect([...userErrors.map((one) => one.code), ...(errors ?? []).map(({ extensions }) => extensions.code)]).toEqual([code]);
    expect(await state()).toBe(before);
  });

  it.each<[string, string, readonly object[]]>([
    ['name', 'draft', Array.from({ length: 8 }, (_, index) => ({ name: `name-${index}` }))],
    ['coverage', 'growing', Array.from({ length: 8 }, (_, index) => ({ coverage: (index + 2) / 10 }))],
  ])('is told to those of many who edit the %s at once and come too late; nobody writes over somebody else', async (field, key, inputs) => {
    const before = await historyOf(key);
    const answers = await Promise.all(inputs.map((input) => userErrorsOf(updateMutation, { key, input })));
    const refused = answers.filter((userErrors) => userErrors.length > 0);
    const written = answers.length - refused.length;
    expect(written).toBeGreaterThanOrEqual(1);
    for (const userErrors of refused) expect(userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    const after = await historyOf(key);
    expect(after.revision).toBe(before.revision + written);
    const changes = after.details.slice(before.details.length).map((detail) => detail.replace(`${field}: `, '').split(' -> '));
    expect(changes).toHaveLength(written);
    // Each goes on from what the one before it left.
    for (const [index, [from]] of changes.entries())
      expect(from).toBe(index === 0 ? JSON.stringify(before[field]) : changes[index - 1]?.[1]);
    expect(changes.at(-1)?.[1]).toBe(JSON.stringify(after[field]));
    if (field === 'coverage') for (const [from, to] of changes) expect(Number(to)).toBeGreaterThan(Number(from));
  });
});

interface WithHistory {
  readonly [field: string]: unknown;
  readonly revision: number;
  readonly details: readonly string[];
}

async function historyOf(key: string): Promise<WithHistory> {
  const query = 'query ($key: String!) { experiment(key: $key) { revision name coverage history { action detail } } }';
  const { experiment: found } = await server.data<{
    experiment: { revision: number; name: string; coverage: number; history: { action: string; detail: string | null }[] };
  }>(query, { key });
  const details = found.history.filter(({ action }) => action === 'UPDATED').map(({ detail }) => detail ?? '');
  return { ...found, details };
}

describe('an outcome or a label that cannot be', () => {
  const old = '019aa9f2-1c00-7abc-8def-0123456789ab';
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it.each<[string, string, () => object, string]>([
    ['of an unknown prediction', outcomeMutation, () => ({ metric: 'revenue', predictionId: old }), 'PREDICTION_NOT_FOUND'],
    ['of no prediction', outcomeMutation, () => ({ metric: 'revenue', predictionId: 'me' }), 'BAD_USER_INPUT'],
    ['of nobody', outcomeMutation, () => ({ metric: 'revenue' }), 'BAD_USER_INPUT'],
    ['of two', outcomeMutation, () => ({ metric: 'revenue', unitId: 'u', predictionId: old }), 'BAD_USER_INPUT'],
    ['of an unknown metric', outcomeMutation, () => ({ metric: 'joy', unitId: 'u' }), 'METRIC_NOT_FOUND'],
    ['of a metric that serving measures', outcomeMutation, () => ({ metric: 'latency_ms', unitId: 'u' }), 'BAD_USER_INPUT'],
    ['from the future', outcomeMutation, () => ({ metric: 'revenue', unitId: 'u', occurredAt: inAnHour() }), 'BAD_USER_INPUT'],
    ['half a purchase', outcomeMutation, () => ({ metric: 'purchase', unitId: 'u', value: 0.5 }), 'BAD_USER_INPUT'],
    ['divided by less than nothing', outcomeMutation, () => ({ metric: 'cost', unitId: 'u', denominator: -1 }), 'BAD_USER_INPUT'],
    ['of an unknown prediction', labelMutation, () => ({ predictionId: old, class: 1 }), 'PREDICTION_NOT_FOUND'],
    ['of no class', labelMutation, () => ({ predictionId: old }), 'BAD_USER_INPUT'],
    ['of a class from the future', labelMutation, () => ({ predictionId: old, class: 1, occurredAt: inAnHour() }), 'BAD_USER_INPUT'],
  ])('is refused: %s', async (_, mutation, input, code) => {
    const before = await state();
    const idempotencyKey = 'refused';
    const { errors, data } = await server.request(mutation, { input: { ...input(), idempotencyKey } });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(data ?? null).toBeNull();
    expect(await state()).toBe(before);
  });

  it('is refused with all that came with it where it is no number at all', async () => {
    const before = await counted();
    const row = (value: string) => `{ "metric": "revenue", "unitId": "${unitOf(0)}", "value": ${value}, "idempotencyKey": "of no number" }`;
    for (const value of ['1e999', '-1e999', '"1"']) {
      const body = `{ "query": ${JSON.stringify(outcomesMutation)}, "variables": { "input": [${row('1')}, ${row(value)}] } }`;
      expect((await rawRequest(body)).errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
    expect(await counted()).toEqual(before);
  });
});

describe('a thousand outcomes, ten of which are bad', () => {
  const future = () => new Date(Date.now() + 3_600_000).toISOString();
  const bad: readonly (readonly [object, string])[] = [
    [{ metric: 'joy' }, 'METRIC_NOT_FOUND'],
    [{ metric: 'accuracy' }, 'BAD_USER_INPUT'],
    [{ value: 1e101 }, 'BAD_USER_INPUT'],
    [{ metric: 'purchase', value: 2 }, 'BAD_USER_INPUT'],
    [{ denominator: 2 }, 'BAD_USER_INPUT'],
    [{ unitId: '' }, 'BAD_USER_INPUT'],
    [{ unitId: 'u'.repeat(513) }, 'BAD_USER_INPUT'],
    [{ unitId: null, predictionId: '019aa9f2-1c00-7abc-8def-0123456789ab' }, 'PREDICTION_NOT_FOUND'],
    [{ idempotencyKey: '' }, 'BAD_USER_INPUT'],
    [{ occurredAt: 'future' }, 'BAD_USER_INPUT'],
  ];
  const isBad = (index: number) => index % 100 === 37;

  it('counts the good ones once, also when the call is repeated, and says of each bad one what is wrong', async () => {
    const before = await counted();
    const occurredAt = new Date().toISOString();
    const input = Array.from({ length: 1000 }, (_, index) => {
      const metric = index % 2 === 0 ? 'revenue' : 'visits';
      const row = { metric, unitId: unitOf(index), value: (index % 7) + 0.5, idempotencyKey: `import-${index}`, occurredAt };
      if (!isBad(index)) return row;
      const [more] = bad[(index - 37) / 100] as (typeof bad)[number];
      return { ...row, metric: 'revenue', ...more, ...('occurredAt' in more && { occurredAt: future() }) };
    });
    const send = async (rows: object[]) =>
      (
        await server.data<{ recordOutcomes: { id?: string; index?: number; code?: string; message?: string }[] }>(outcomesMutation, {
          input: rows,
        })
      ).recordOutcomes;
    const first = await send(input);
    expect(first).toHaveLength(1000);
    for (const [index, { code, message, id, ...rest }] of first.entries()) {
      if (isBad(index)) {
        expect([rest.index, code]).toEqual([index, bad[(index - 37) / 100]?.[1]]);
        expect(message).toMatch(/^\S.{10,}\.$/);
      } else expect(id).toMatch(/^[0-9a-f-]{36}$/);
    }
    const again = await send(input);
    expect(again.map(({ id, index, code }) => id ?? `${index} ${code}`)).toEqual(
      first.map(({ id, index, code }) => id ?? `${index} ${code}`),
    );
    // What comes later is counted later: with it, everything before it is.
    const [last] = await send([{ metric: 'visits', unitId: unitOf(0), idempotencyKey: 'last' }]);
    expect(last?.id).toBeDefined();
    const goodRows = input.filter((_, index) => !isBad(index));
    const visits = before.visits + goodRows.filter(({ metric }) => metric === 'visits').length + 1;
    const revenue = before.revenue + goodRows.filter(({ metric }) => metric === 'revenue').reduce((sum, { value }) => sum + value, 0);
    expect(await eventually(counted, (now) => now.visits === visits)).toEqual({ units: unitCount, visits, revenue });
  });

  it('takes no more than a thousand at once', async () => {
    const before = await counted();
    const rows = Array.from({ length: 1001 }, (_, index) => ({ metric: 'visits', unitId: unitOf(index), idempotencyKey: `more-${index}` }));
    const { errors } = await server.request(outcomesMutation, { input: rows });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BATCH_TOO_LARGE']);
    expect(await counted()).toEqual(before);
  });
});
