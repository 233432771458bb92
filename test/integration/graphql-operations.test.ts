import { type ExecutionResult, graphql } from 'graphql';
import { foldLift, noLiftEvidence } from '../../src/experiments/lift-evidence';
import type { GraphQLContext } from '../../src/graphql/context';
import { buildSchema } from '../../src/graphql/schema';
import { anExperiment, aPrediction, aPredictionId, aTiming, fakeServices } from '../fakes/fake-services';

const image = Buffer.from('an image').toString('base64');

function anApi() {
  const services = fakeServices();
  const schema = buildSchema(services);
  const contextValue: GraphQLContext = { signal: new AbortController().signal, arrivedAtMs: 0, actor: 'tester' };
  const ask = (source: string, variableValues: Record<string, unknown> = {}): Promise<ExecutionResult> =>
    graphql({ schema, source, variableValues, contextValue });
  return { services, ask, contextValue };
}

/** The data of an answer without errors, as plain objects. */
async function dataOf(answer: Promise<ExecutionResult>): Promise<Record<string, unknown>> {
  const { data, errors } = await answer;
  if (errors) throw new Error(JSON.stringify(errors));
  return JSON.parse(JSON.stringify(data));
}

async function codeOf(answer: Promise<ExecutionResult>): Promise<unknown> {
  const cause = (await answer).errors?.[0]?.originalError;
  return cause && 'code' in cause ? cause.code : cause;
}

const predictMutation = `mutation ($input: PredictInput!) { predict(input: $input) {
  id model version predictedClass label confidence probabilities { class label probability } value
  assignment { experiment } assignments { experiment } timing { queueMs preprocessMs inferenceMs postprocessMs totalMs batchSize } createdAt } }`;

describe('predict', () => {
  it('answers with the class, its probability and the most probable classes first', async () => {
    const { ask } = anApi();
    expect(await dataOf(ask(predictMutation, { input: { model: 'digits', image, topK: 2 } }))).toEqual({
      predict: {
        id: aPredictionId,
        model: 'digits',
        version: '1',
        predictedClass: 2,
        label: 'two',
        confidence: 0.7,
        probabilities: [
          { class: 2, label: 'two', probability: 0.7 },
          { class: 1, label: 'one', probability: 0.2 },
        ],
        value: null,
        assignment: null,
        assignments: [],
        timing: aTiming,
        createdAt: '2026-11-22T08:00:00.000Z',
      },
    });
  });

  it('passes on what was asked, and the signal of the client', async () => {
    const { ask, services, contextValue } = anApi();
    const input = { model: 'digits', version: 'champion', unitId: 'u', attributes: { a: 1 }, features: { x: Number.POSITIVE_INFINITY } };
    await dataOf(ask(predictMutation, { input: { ...input, deadlineMs: 50, idempotencyKey: 'k' } }));
    expect(services.predictor.commands).toEqual([
      {
        model: 'digits',
        version: 'champion',
        unitId: 'u',
        attributes: { a: 1 },
        input: { kind: 'features', features: { x: Number.POSITIVE_INFINITY } },
        deadlineMs: 50,
        idempotencyKey: 'k',
        wantsOutputs: false,
      },
    ]);
    expect(services.predictor.callers).toEqual([contextValue]);
  });

  it('answers a regression with its value', async () => {
    const { ask, services } = anApi();
    services.predictor.answer = async () => aPrediction({ answer: { kind: 'regression', value: 4.5 } });
    expect(await dataOf(ask(predictMutation, { input: { model: 'digits', image } }))).toMatchObject({
      predict: { value: 4.5, predictedClass: null, label: null, confidence: null, probabilities: [] },
    });
  });

  it.each([
    ['INVALID_INPUT', 'nothing', {}],
    ['INVALID_INPUT', 'two inputs', { image, features: { x: 1 } }],
    ['INVALID_IMAGE', 'no base64', { image: 'no base64!' }],
    ['IMAGE_TOO_LARGE', 'too many bytes', { image: Buffer.alloc(1001).toString('base64') }],
    ['BAD_USER_INPUT', 'topK 0', { image, topK: 0 }],
    ['BAD_USER_INPUT', 'topK -1', { image, topK: -1 }],
    ['BAD_USER_INPUT', 'topK 1001', { image, topK: 1001 }],
    ['BAD_USER_INPUT', 'no time', { image, deadlineMs: 0 }],
    ['BAD_USER_INPUT', 'an empty unit', { image, unitId: '' }],
    ['BAD_USER_INPUT', 'a long key', { image, idempotencyKey: 'k'.repeat(257) }],
  ])('refuses with %s: %s', async (code, _what, input) => {
    const { ask, services } = anApi();
    expect(await codeOf(ask(predictMutation, { input: { model: 'digits', ...input } }))).toBe(code);
    expect(services.predictor.commands).toEqual([]);
  });
});

describe('predictBatch', () => {
  const mutation = `mutation ($items: [PredictInput!]!) { predictBatch(input: { items: $items }) { batchSize totalInferenceMs avgInferenceMs
    results { __typename ... on Prediction { id probabilities { class } } ... on PredictionFailure { index code message } } } }`;

  it('answers each row for itself', async () => {
    const items = [
      { model: 'digits', image, topK: 1 },
      { model: 'digits', image: '?' },
      { model: 'digits', image, topK: 3 },
    ];
    expect(await dataOf(anApi().ask(mutation, { items }))).toEqual({
      predictBatch: {
        batchSize: 3,
        totalInferenceMs: 10,
        avgInferenceMs: 10 / 3,
        results: [
          { __typename: 'Prediction', id: aPredictionId, probabilities: [{ class: 2 }] },
          { __typename: 'PredictionFailure', index: 1, code: 'INVALID_IMAGE', message: expect.any(String) },
          { __typename: 'Prediction', id: aPredictionId, probabilities: [{ class: 2 }, { class: 1 }, { class: 0 }] },
        ],
      },
    });
  });

  it.each([0, 5])('refuses %d rows', async (count) => {
    const items = Array.from({ length: count }, () => ({ model: 'digits', image }));
    expect(await codeOf(anApi().ask(mutation, { items }))).toBe('BATCH_TOO_LARGE');
  });
});

describe('recorded predictions', () => {
  it('are found by id', async () => {
    const { ask } = anApi();
    const query = `{ prediction(id: "${aPredictionId.toUpperCase()}") { id unitId attributes label truth { class label receivedAt } failure { code }
      assignments { experiment variant version propensity reason } probabilities { class } } }`;
    expect(await dataOf(ask(query))).toEqual({
      prediction: {
        id: aPredictionId,
        unitId: 'user-1',
        attributes: { country: 'DE' },
        label: 'two',
        truth: { class: 2, label: null, receivedAt: '2026-11-22T08:00:00.000Z' },
        failure: null,
        assignments: [{ experiment: 'linear-or-cnn', variant: 'cnn', version: '1', propensity: 0.5, reason: 'ASSIGNED' }],
        probabilities: [{ class: 2 }, { class: 1 }, { class: 0 }],
      },
    });
    expect(await dataOf(ask('{ prediction(id: "019aa9f2-1c00-7abc-8def-000000000000") { id } }'))).toEqual({ prediction: null });
    expect(await codeOf(ask('{ prediction(id: "7") { id } }'))).toBe('BAD_USER_INPUT');
  });

  it('are listed by pages', async () => {
    const { ask, services } = anApi();
    const query = `query ($after: String) { predictions(filter: { model: "digits", version: null }, first: 1, after: $after) {
      edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    const first = (await dataOf(ask(query))) as { predictions: { pageInfo: { endCursor: string } } };
    const after = first.predictions.pageInfo.endCursor;
    await dataOf(ask(query, { after }));
    expect(services.predictions.calls).toEqual([
      [{ model: 'digits' }, 1, null],
      [{ model: 'digits' }, 1, aPredictionId],
    ]);
    expect(await codeOf(ask(query, { after: 'x' }))).toBe('BAD_USER_INPUT');
    expect(await codeOf(ask('{ predictions(first: 101) { nodes { id } } }'))).toBe('BAD_USER_INPUT');
  });
});

describe('models', () => {
  it('tell what their versions are, and how serving goes', async () => {
    const { ask, services } = anApi();
    const query = `{ models { name kind labels { label version } stats { totalRequests }
      versions { version state device sizeMb classLabels preprocessing loadedAt error stats { successRate } } } }`;
    expect(await dataOf(ask(query))).toMatchObject({
      models: [
        {
          name: 'digits',
          kind: 'IMAGE',
          labels: [{ label: 'champion', version: '1' }],
          stats: { totalRequests: 3 },
          versions: [
            { version: '1', state: 'READY', device: 'cpu', sizeMb: 2, preprocessing: { steps: [], layout: null }, error: null },
            {
              version: '2',
              state: 'FAILED',
              device: 'none',
              preprocessing: null,
              loadedAt: null,
              error: 'model.onnx is not an ONNX file.',
            },
          ],
        },
      ],
    });
    expect(services.liveStats.filters).toContainEqual({ model: 'digits', version: '2' });
  });

  it('are null when there is none of the name', async () => {
    expect(await dataOf(anApi().ask('{ model(name: "x") { name } }'))).toEqual({ model: null });
  });

  it('have labels that can be moved', async () => {
    const mutation = (version: string) => `mutation { setModelLabel(model: "digits", label: "challenger", version: "${version}") {
      model { name } userErrors { code field } } }`;
    const { ask } = anApi();
    expect(await dataOf(ask(mutation('1')))).toEqual({ setModelLabel: { model: { name: 'digits' }, userErrors: [] } });
    expect(await dataOf(ask(mutation('9')))).toEqual({
      setModelLabel: { model: null, userErrors: [{ code: 'VERSION_NOT_FOUND', field: ['version'] }] },
    });
  });
});

describe('servingStats', () => {
  it('is of everything, a model, or a version, also by its label', async () => {
    const { ask, services } = anApi();
    const fields = '{ totalRequests successRate p95Ms startedAt replicas }';
    await dataOf(
      ask(
        `{ servingStats ${fields} a: servingStats(model: "digits") ${fields} b: servingStats(model: "digits", version: "champion") ${fields} }`,
      ),
    );
    expect(services.liveStats.filters).toEqual([{}, { model: 'digits' }, { model: 'digits', version: '1' }]);
  });

  it.each([
    ['BAD_USER_INPUT', 'version: "1"'],
    ['MODEL_NOT_FOUND', 'model: "x"'],
    ['VERSION_NOT_FOUND', 'model: "digits", version: "7"'],
  ])('refuses with %s: %s', async (code, args) => {
    expect(await codeOf(anApi().ask(`{ servingStats(${args}) { totalRequests } }`))).toBe(code);
  });
});

describe('experiments', () => {
  const create =
    'mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { experiment { key status kind startedAt } userErrors { code message field } } }';
  const plan = { key: 'new', model: 'digits', primaryMetric: 'accuracy' };

  it('are created by whoever asks', async () => {
    const { ask, services } = anApi();
    const variants = [
      { key: 'a', version: '1' },
      { key: 'b', version: '2', weight: 0.5 },
    ];
    expect(await dataOf(ask(create, { input: { ...plan, variants } }))).toMatchObject({
      createExperiment: { experiment: { key: 'new', kind: 'AB' }, userErrors: [] },
    });
    const [, input, actor] = services.experiments.calls[0] ?? [];
    expect(input).toMatchObject({ ...plan, coverage: 1, hashVersion: 2, variants });
    expect(actor).toBe('tester');
  });

  it('show how long predictions took by variant', async () => {
    const { ask, services } = anApi();
    const query = '{ experiment(key: "linear-or-cnn") { latencies { variant stages { stage count p50Ms p95Ms } } } }';
    expect(await dataOf(ask(query))).toEqual({
      experiment: { latencies: [{ variant: 'control', stages: [{ stage: 'total', count: 2, p50Ms: 1, p95Ms: null }] }] },
    });
    expect(services.liveStats.filters).toEqual(['linear-or-cnn']);
  });

  it('come back with every mistake of the form', async () => {
    expect(await dataOf(anApi().ask(create, { input: { ...plan, variants: [] } }))).toEqual({
      createExperiment: {
        experiment: null,
        userErrors: [
          { code: 'BAD_USER_INPUT', message: expect.any(String), field: ['variants'] },
          { code: 'METRIC_NOT_FOUND', message: expect.any(String), field: ['primaryMetric'] },
        ],
      },
    });
  });

  it('are changed in what was given alone', async () => {
    const { ask, services } = anApi();
    const mutation =
      'mutation ($input: UpdateExperimentInput!) { updateExperiment(key: "linear-or-cnn", input: $input) { userErrors { code } } }';
    await dataOf(ask(mutation, { input: { targeting: null, variants: null, coverage: 0.5 } }));
    expect(services.experiments.calls).toEqual([['update', 'linear-or-cnn', { targeting: null, coverage: 0.5 }, 'tester']]);
  });

  it.each([
    ['startExperiment(key: $key)', ['start', 'linear-or-cnn', 'tester']],
    ['pauseExperiment(key: $key, reason: "why")', ['pause', 'linear-or-cnn', 'why', 'tester']],
    ['resumeExperiment(key: $key)', ['resume', 'linear-or-cnn', 'tester']],
    ['stopExperiment(key: $key)', ['stop', 'linear-or-cnn', null, 'tester']],
    ['shipVariant(key: $key, variant: "cnn")', ['ship', 'linear-or-cnn', 'cnn', null, 'tester']],
  ])('are moved by %s; an unknown key is a mistake of the form', async (field, call) => {
    const { ask, services } = anApi();
    const mutation = `mutation ($key: String!) { payload: ${field} { experiment { key } userErrors { code field } } }`;
    expect(await dataOf(ask(mutation, { key: 'linear-or-cnn' }))).toEqual({
      payload: { experiment: { key: 'linear-or-cnn' }, userErrors: [] },
    });
    expect(services.experiments.calls).toEqual([call]);
    expect(await dataOf(ask(mutation, { key: 'x' }))).toEqual({
      payload: { experiment: null, userErrors: [{ code: 'EXPERIMENT_NOT_FOUND', field: ['key'] }] },
    });
  });

  it('are listed by pages, newest first', async () => {
    const { ask, services } = anApi();
    services.experiments.experiments = [1, 3, 2].map((time) => anExperiment({ key: `e${time}`, createdAt: new Date(time) }));
    const query = 'query ($after: String) { experiments(first: 2, after: $after) { nodes { key } pageInfo { hasNextPage endCursor } } }';
    const first = (await dataOf(ask(query))) as { experiments: { pageInfo: { endCursor: string } } };
    expect(first).toMatchObject({ experiments: { nodes: [{ key: 'e3' }, { key: 'e2' }], pageInfo: { hasNextPage: true } } });
    expect(await dataOf(ask(query, { after: first.experiments.pageInfo.endCursor }))).toMatchObject({
      experiments: { nodes: [{ key: 'e1' }], pageInfo: { hasNextPage: false } },
    });
  });

  it('show their results, their history and their assignments', async () => {
    const { ask } = anApi();
    const query = `{ assignment(experiment: "linear-or-cnn", unitId: "u") { experiment version inExperiment reason }
      experiment(key: "linear-or-cnn") { startedAt pausedAt shippedVariant variants { key isControl } history { action actor }
        results { units validity decision { action reason } health { labelCoverage { coverage } sampleRatioMismatch { mismatch } } metrics { role variants { mean } } } } }`;
    expect(await dataOf(ask(query))).toMatchObject({
      assignment: { experiment: 'linear-or-cnn', version: '1', inExperiment: false, reason: 'NOT_RUNNING' },
      experiment: {
        startedAt: '2026-11-22T08:00:00.000Z',
        pausedAt: null,
        shippedVariant: null,
        history: [{ action: 'CREATED', actor: 'admin' }],
        results: { units: 1, validity: 'ANYTIME', decision: { action: 'KEEP_RUNNING' } },
      },
    });
    expect(
      await dataOf(ask('{ experiment(key: "linear-or-cnn") { segments segmentValues results(segment: "country=DE") { segment } } }')),
    ).toEqual({ experiment: { segments: [], segmentValues: ['country=DE'], results: { segment: 'country=DE' } } });
    const classifier = `classifier { variant labelled macroF1 auc { auc { lower } standardError difference { estimate } }
      classes { label f1 auc { difference { estimate } } } confusion { label counts } }`;
    const described = (await dataOf(ask(`{ experiment(key: "linear-or-cnn") { results { ${classifier} } } }`))) as {
      experiment: { results: unknown };
    };
    expect(described.experiment.results).toEqual({
      classifier: [
        {
          ...{ variant: 'cnn', labelled: 10, macroF1: 0.85 },
          auc: { auc: { lower: 0.85 }, standardError: 0.02, difference: { estimate: 0.1 } },
          classes: [{ label: '0', f1: null, auc: { difference: null } }],
          confusion: [{ label: '0', counts: [5] }],
        },
      ],
    });
    expect(await dataOf(ask('{ experiment(key: "linear-or-cnn") { results(segment: "country=DE") { classifier { variant } } } }'))).toEqual(
      { experiment: { results: { classifier: [] } } },
    );
    expect(await dataOf(ask('{ experiment(key: "x") { key } }'))).toEqual({ experiment: null });
    expect(await codeOf(ask('{ assignment(experiment: "x", unitId: "u") { version } }'))).toBe('EXPERIMENT_NOT_FOUND');
  });
});

describe('the series of an experiment', () => {
  const lift = { estimate: 0.1, lower: -0.1, upper: 0.3 };
  const look = { number: 3, atMs: 0, unitsInSmallestArm: 90, absoluteLift: lift, relativeLift: null, pValue: 0.5 };
  const counted = { metric: 'accuracy', variant: 'cnn', controlUnits: 90, units: 95, controlMean: 0.8, mean: 0.9 };
  const at = new Date('2026-11-22T08:10:00.000Z');
  const query = `query ($metric: String, $variant: String, $maxPoints: Int) { experiment(key: "linear-or-cnn") {
    series(metric: $metric, variant: $variant, maxPoints: $maxPoints) { look at controlUnits units controlMean mean
      absoluteLift { estimate lower upper runningLower runningUpper } relativeLift { estimate runningLower } pValue runningPValue } } }`;

  it('has each look by itself, and what all up to it leave', async () => {
    const { ask, services } = anApi();
    const evidence = foldLift(foldLift(noLiftEvidence, { ...look, number: 1, absoluteLift: { lower: 0, upper: 1 }, pValue: 0.02 }), look);
    services.series.points = [{ ...counted, number: 3, at, absoluteLift: lift, relativeLift: lift, pValue: 0.5, evidence }];
    expect(await dataOf(ask(query))).toEqual({
      experiment: {
        series: [
          {
            ...{
              look: 3,
              at: at.toISOString(),
              controlUnits: 90,
              units: 95,
              controlMean: 0.8,
              mean: 0.9,
              pValue: 0.5,
              runningPValue: 0.02,
            },
            absoluteLift: { ...lift, runningLower: 0, runningUpper: 0.3 },
            relativeLift: { estimate: 0.1, runningLower: null },
          },
        ],
      },
    });
    expect(services.series.calls).toEqual([['linear-or-cnn', { metric: null, variant: null, maxPoints: 200 }]]);
  });

  it('has no running parts where looks stand by themselves, exclude each other or have not counted yet', async () => {
    const { ask, services } = anApi();
    const contradicted = foldLift(foldLift(noLiftEvidence, look), { ...look, number: 4, absoluteLift: { lower: 2, upper: 3 } });
    services.series.points = [null, contradicted, noLiftEvidence].map((evidence) => ({
      ...{ ...counted, number: 3, at, absoluteLift: lift, relativeLift: null, pValue: 0.5, evidence },
    }));
    const none = { runningLower: null, runningUpper: null };
    expect(await dataOf(ask(query, { metric: 'accuracy', variant: 'cnn', maxPoints: 5 }))).toMatchObject({
      experiment: { series: [null, 0.5, null].map((runningPValue) => ({ absoluteLift: none, relativeLift: null, runningPValue })) },
    });
    expect(services.series.calls).toEqual([['linear-or-cnn', { metric: 'accuracy', variant: 'cnn', maxPoints: 5 }]]);
  });

  it('have 20,000 points a request at most', async () => {
    const many = (count: number) =>
      `{ experiment(key: "linear-or-cnn") { ${Array.from({ length: count }, (_, n) => `s${n}: series(maxPoints: 1000) { look }`).join(' ')} } }`;
    const { ask } = anApi();
    expect((await ask(many(20))).errors).toBeUndefined();
    const fresh = anApi();
    expect(await codeOf(fresh.ask(many(21)))).toBe('BAD_USER_INPUT');
  });
});

describe('sampleSize', () => {
  it('says how many units a change needs, and what is wrong with a question', async () => {
    const { ask } = anApi();
    const plan = await dataOf(
      ask(
        '{ sampleSize(input: { baselineMean: 0.1, minimumDetectableEffect: 0.05, unitsPerDay: 1000 }) { units days unitsPerVariantAtFixedHorizon } }',
      ),
    );
    expect(plan).toMatchObject({ sampleSize: { unitsPerVariantAtFixedHorizon: 59_409 } });
    expect(await codeOf(ask('{ sampleSize(input: { baselineMean: 2, minimumDetectableEffect: 0.05 }) { units } }'))).toBe('BAD_USER_INPUT');
  });
});

describe('metrics, labels and outcomes', () => {
  it('have kinds and directions by their names', async () => {
    const { ask } = anApi();
    const query =
      'mutation { defineMetric(input: { key: "clicks", kind: MEAN }) { metric { key kind direction isBuiltIn } userErrors { code } } }';
    expect(await dataOf(ask(query))).toEqual({
      defineMetric: { metric: { key: 'clicks', kind: 'MEAN', direction: 'HIGHER', isBuiltIn: false }, userErrors: [] },
    });
    expect(await dataOf(ask('{ metrics { key direction } }'))).toMatchObject({
      metrics: expect.arrayContaining([{ key: 'error_rate', direction: 'LOWER' }]),
    });
  });

  it('are acknowledged with a receipt', async () => {
    const { ask, services } = anApi();
    const mutation = `mutation { recordLabel(input: { predictionId: "${aPredictionId}", class: 2 }) { id durability }
      recordOutcome(input: { metric: "clicks", unitId: "u", idempotencyKey: "k" }) { durability } }`;
    expect(await dataOf(ask(mutation))).toEqual({
      recordLabel: { id: aPredictionId, durability: 'JOURNALED' },
      recordOutcome: { durability: 'COMMITTED' },
    });
    expect(services.outcomes.calls).toEqual([
      { predictionId: aPredictionId, class: 2 },
      { metric: 'clicks', unitId: 'u', idempotencyKey: 'k', value: 1 },
    ]);
  });

  it('answer each row of many for itself', async () => {
    const mutation = `mutation ($input: [OutcomeInput!]!) { recordOutcomes(input: $input) { __typename ... on OutcomeFailure { index code } } }`;
    const input = ['clicks', 'x'].map((metric) => ({ metric, unitId: 'u', idempotencyKey: 'k' }));
    expect(await dataOf(anApi().ask(mutation, { input }))).toEqual({
      recordOutcomes: [{ __typename: 'Receipt' }, { __typename: 'OutcomeFailure', index: 1, code: 'METRIC_NOT_FOUND' }],
    });
  });
});

describe('drift', () => {
  it('is reported for the champion unless a version is named', async () => {
    const { ask } = anApi();
    const fields = '{ version hasReference severity note findings { kind } }';
    expect(
      await dataOf(ask(`{ a: driftReport(model: "digits") ${fields} b: driftReport(model: "digits", version: "2") ${fields} }`)),
    ).toMatchObject({
      a: { version: '1', hasReference: false, severity: 'NONE' },
      b: { version: '2' },
    });
    expect(await codeOf(ask(`{ driftReport(model: "x") ${fields} }`))).toBe('MODEL_NOT_FOUND');
  });

  it('has alerts that are listed, acknowledged and resolved', async () => {
    const { ask, services } = anApi();
    expect(
      await dataOf(ask('{ driftAlerts(filter: { model: "digits", minSeverity: LOW }, first: 5) { nodes { id severity state } } }')),
    ).toEqual({
      driftAlerts: { nodes: [{ id: 'alert-1', severity: 'HIGH', state: 'FIRING' }] },
    });
    expect(services.drift.calls).toEqual([[{ model: 'digits', minSeverity: 'LOW' }, 5, null]]);
    const mutation = `mutation ($id: ID!) { acknowledgeDriftAlert(id: $id, comment: "seen") { alert { state comment } userErrors { code field } }
      resolveDriftAlert(id: $id) { alert { id } userErrors { code } } }`;
    expect(await dataOf(ask(mutation, { id: 'alert-1' }))).toEqual({
      acknowledgeDriftAlert: { alert: { state: 'ACKNOWLEDGED', comment: 'seen' }, userErrors: [] },
      resolveDriftAlert: { alert: null, userErrors: [{ code: 'INVALID_STATE' }] },
    });
    expect(await dataOf(ask(mutation, { id: 'x' }))).toMatchObject({
      acknowledgeDriftAlert: { alert: null, userErrors: [{ code: 'ALERT_NOT_FOUND', field: ['id'] }] },
    });
  });

  it('has a summary, a history and references', async () => {
    const { ask } = anApi();
    expect(
      await dataOf(
        ask(
          'mutation { captureDriftReference(model: "digits", version: "champion") { reference { rows source capturedAt } userErrors { code } } }',
        ),
      ),
    ).toEqual({
      captureDriftReference: {
        reference: { rows: 100, source: 'the newest predictions', capturedAt: '2026-11-22T08:00:00.000Z' },
        userErrors: [],
      },
    });
    expect(
      await dataOf(
        ask('{ driftSummary(model: "digits") { days findings { kind severity count } } performanceHistory(model: "digits") { accuracy } }'),
      ),
    ).toEqual({
      driftSummary: { days: 7, findings: [{ kind: 'DATA', severity: 'LOW', count: 2 }] },
      performanceHistory: [],
    });
    for (const days of [0, 91])
      expect(await codeOf(ask(`{ driftSummary(model: "digits", days: ${days}) { days } }`))).toBe('BAD_USER_INPUT');
  });
});

describe('serverInfo', () => {
  it('tells version, uptime and limits', async () => {
    const query =
      '{ serverInfo { name version uptimeMs startedAt replicaId features limits { maxBatchSize maxPageSize maxQueryBytes maxQueryDepth maxTopK } } }';
    expect(await dataOf(anApi().ask(query))).toEqual({
      serverInfo: {
        name: 'Touchstone',
        version: '0.0.0',
        uptimeMs: 60_000,
        startedAt: '2026-11-22T08:00:00.000Z',
        replicaId: 'r1',
        features: ['graphql'],
        limits: { maxBatchSize: 4, maxPageSize: 100, maxQueryBytes: 100_000, maxQueryDepth: 12, maxTopK: 1000 },
      },
    });
  });
});
