import { AppError } from '../../../src/errors';
import type { JsonObject, PredictionEvent } from '../../../src/events/event';
import type { Route } from '../../../src/experiments/experiment-router';
import { DayPredictionIds } from '../../../src/prediction/day-prediction-ids';
import type { FailedPrediction } from '../../../src/prediction/prediction-observer';
import type { PredictionStore } from '../../../src/prediction/prediction-store';
import { type PredictCommand, Predictor } from '../../../src/prediction/predictor';
import { RecentPredictions } from '../../../src/prediction/recent-predictions';
import type { MirroredInput } from '../../../src/prediction/shadow-mirror';
import { FakeEventJournal } from '../../fakes/fake-event-journal';
import { aModelFolder, FakeInferenceEngine } from '../../fakes/fake-inference-engine';

const noStore: PredictionStore = { find: async () => null, list: async () => ({ items: [], hasNextPage: false }) };
const assigned = { experiment: 'e', variant: 'b', version: '2', inExperiment: true, propensity: 0.5, reason: 'ASSIGNED' } as const;

function aCommand(more: Partial<PredictCommand> = {}): PredictCommand {
  return {
    model: 'digits',
    version: null,
    unitId: 'user-1',
    attributes: null,
    input: { kind: 'features', features: { x: 0.75 } },
    deadlineMs: null,
    idempotencyKey: null,
    wantsOutputs: false,
    ...more,
  };
}

async function setUp(route: Route = { version: '1', assignment: null, assignments: [] }, store: PredictionStore = noStore) {
  const engine = new FakeInferenceEngine();
  const loaded = new Map(
    await Promise.all(['1', '2'].map(async (version) => [version, await engine.load(aModelFolder('digits', version))] as const)),
  );
  const journal = new FakeEventJournal();
  const succeeded: PredictionEvent[] = [];
  const failed: FailedPrediction[] = [];
  const mirrored: MirroredInput[] = [];
  let bytes = 0;
  const predictor = new Predictor({
    registry: {
      championOf: () => '1',
      resolve: (model, name) => {
        const version = name ?? '1';
        const found = loaded.get(version);
        if (model !== 'digits') throw new AppError('MODEL_NOT_FOUND', 'no such model');
        if (!found) throw new AppError('VERSION_NOT_FOUND', 'no such version');
        return { model, version, loaded: found };
      },
    },
    router: { route: () => route },
    mirror: { send: (input) => mirrored.push(input) },
    journal,
    predictions: new RecentPredictions(store),
    observers: [{ succeeded: (event) => succeeded.push(event), failed: (failure) => failed.push(failure) }],
    ids: new DayPredictionIds(
      () => new Date('2026-11-23T12:00:00Z'),
      (count) => new Uint8Array(count).fill(++bytes),
    ),
    now: () => new Date('2026-11-23T12:00:00Z'),
    elapsedMs: () => 0,
  });
  return { predictor, engine, journal, succeeded, failed, mirrored };
}

describe('Predictor', () => {
  it('journals the prediction before it answers, and tells the observers', async () => {
    const { predictor, journal, succeeded } = await setUp({ version: '2', assignment: assigned, assignments: [assigned] });
    const result = await predictor.predict(aCommand());
    expect(result).toMatchObject({
      model: 'digits',
      version: '2',
      assignment: { variant: 'b' },
      answer: { label: 'yes', confidence: 0.75 },
    });
    expect(journal.appended).toMatchObject([
      { durability: 'process', event: { id: result.id, assignments: [{ experiment: 'e', variant: 'b', propensity: 0.5 }] } },
    ]);
    expect(succeeded).toHaveLength(1);
  });

  it('sends an answered input on to the shadows, with the id of its record', async () => {
    const mirrors = [{ experiment: 'e', variant: 'next', version: '2' }];
    const inShadow = { ...assigned, version: '1', variant: 'now', propensity: 1 };
    const route = { version: '1', assignment: inShadow, assignments: [inShadow], mirrors };
    const { predictor, engine, journal, mirrored } = await setUp(route);
    const command = aCommand();
    const { id } = await predictor.predict(command);
    expect(mirrored).toEqual([{ predictionId: id, model: 'digits', input: command.input, mirrors }]);
    engine.inferFailures.set('1', new AppError('INVALID_INPUT', 'no'));
    await expect(predictor.predict(aCommand())).rejects.toThrow('no');
    expect(mirrored[1]?.predictionId).toBe(journal.events.at(-1)?.id);
    engine.inferFailures.set('1', new AppError('OVERLOADED', 'busy'));
    await expect(predictor.predict(aCommand())).rejects.toThrow('busy');
    expect(mirrored).toHaveLength(2);
  });

  it('counts the time of a request from its arrival', async () => {
    const { predictor, succeeded } = await setUp();
    await predictor.predict(aCommand(), { arrivedAtMs: -7 });
    const { rows } = await predictor.predictBatch([aCommand()], { arrivedAtMs: -9 });
    expect(rows).toHaveLength(1);
    expect(succeeded.map(({ timing }) => timing.totalMs)).toEqual([7, 9]);
  });

  it('lets no experiment apply to a pinned version', async () => {
    const { predictor, journal } = await setUp({ version: '2', assignment: assigned, assignments: [assigned] });
    expect(await predictor.predict(aCommand({ version: '1' }))).toMatchObject({ version: '1', assignment: null, assignments: [] });
    expect(journal.events).toMatchObject([{ assignments: [] }]);
  });

  it('answers nothing that it could not journal', async () => {
    const { predictor, journal, succeeded } = await setUp();
    journal.failure = new AppError('JOURNAL_FULL', 'full');
    await expect(predictor.predict(aCommand())).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
    expect(succeeded).toEqual([]);
  });

  it('does not even infer while the journal is full', async () => {
    const { predictor, journal, engine } = await setUp();
    journal.hasRoom = false;
    await expect(predictor.predict(aCommand())).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
    expect(engine.inferences).toBe(0);
  });

  it('records a failure inside an experiment as a fact about the variant', async () => {
    const { predictor, journal, engine, failed } = await setUp({ version: '2', assignment: assigned, assignments: [assigned] });
    engine.inferFailures.set('2', new AppError('DEADLINE_EXCEEDED', 'late'));
    await expect(predictor.predict(aCommand())).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(journal.events).toMatchObject([
      { version: '2', outcome: { status: 'failed', code: 'DEADLINE_EXCEEDED' }, assignments: [{ variant: 'b' }] },
    ]);
    expect(failed).toMatchObject([{ model: 'digits', version: '2', code: 'DEADLINE_EXCEEDED' }]);
  });

  it('records no failure of a client that went away, and none outside experiments', async () => {
    const inside = await setUp({ version: '2', assignment: assigned, assignments: [assigned] });
    inside.engine.inferFailures.set('2', new AppError('CANCELLED', 'gone'));
    await expect(inside.predictor.predict(aCommand())).rejects.toMatchObject({ code: 'CANCELLED' });
    const outside = await setUp();
    outside.engine.inferFailures.set('1', new AppError('INVALID_IMAGE', 'broken'));
    await expect(outside.predictor.predict(aCommand())).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
    expect([...inside.journal.events, ...outside.journal.events]).toEqual([]);
  });

  it.each([
    ['unitId', { unitId: 'a\u0000b' }],
    ['attributes', { attributes: { 'key\ud800': 1 } }],
  ])('refuses what the database could not keep: %s', async (part, more) => {
    const { predictor, journal, failed } = await setUp();
    await expect(predictor.predict(aCommand(more))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(part),
    });
    expect(journal.events).toEqual([]);
    expect(failed).toHaveLength(1);
  });

  it('counts an input that could not even be read', async () => {
    const { predictor, failed } = await setUp();
    await expect(predictor.predict(new AppError('INVALID_IMAGE', 'not base64'))).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
    expect(failed).toMatchObject([{ method: 'predict', code: 'INVALID_IMAGE' }]);
  });

  it('keeps names that nobody registered out of the statistics', async () => {
    const { predictor, failed } = await setUp();
    await expect(predictor.predict(aCommand({ model: 'made-up', version: '1' }))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(failed).toMatchObject([{ model: null, version: null }]);
  });

  describe('with an idempotency key', () => {
    it('predicts once for two requests at once, and for one later', async () => {
      const { predictor, engine, journal } = await setUp();
      const command = aCommand({ idempotencyKey: 'k' });
      const [first, second] = await Promise.all([predictor.predict(command), predictor.predict(command)]);
      const third = await predictor.predict(command);
      expect([second.id, third.id]).toEqual([first.id, first.id]);
      expect(engine.inferences).toBe(1);
      expect(journal.events).toHaveLength(1);
    });

    it('finds what was predicted yesterday', async () => {
      const { predictor: yesterdays, journal } = await setUp();
      await yesterdays.predict(aCommand());
      const event = journal.events[0] as PredictionEvent;
      const [, yesterday] = new DayPredictionIds(
        () => new Date('2026-11-23T12:00:00Z'),
        () => new Uint8Array(10),
      ).fromKey('digits\u0000k');
      const store = { ...noStore, find: async (id: string) => (id === yesterday ? { event: { ...event, id }, label: null } : null) };
      const { predictor, engine } = await setUp(undefined, store);
      expect((await predictor.predict(aCommand({ idempotencyKey: 'k' }))).id).toBe(yesterday);
      expect(engine.inferences).toBe(0);
    });

    it('lets a retry succeed after a failure', async () => {
      const { predictor, engine } = await setUp({ version: '2', assignment: assigned, assignments: [assigned] });
      engine.inferFailures.set('2', new AppError('OVERLOADED', 'busy'));
      await expect(predictor.predict(aCommand({ idempotencyKey: 'k' }))).rejects.toMatchObject({ code: 'OVERLOADED' });
      engine.inferFailures.clear();
      expect((await predictor.predict(aCommand({ idempotencyKey: 'k' }))).version).toBe('2');
    });
  });

  it.each([
    ['an essay', { a: 'x'.repeat(16_384) }, 'has 16392 characters as JSON; at most 16384 are taken'],
    ['a number beyond all doubles', { a: [Number.POSITIVE_INFINITY] }, 'a number that is not finite'],
    ['a file', { a: new (class Upload {})() }, 'holds a file'],
    ['a tower of lists', { a: JSON.parse('['.repeat(70) + ']'.repeat(70)) }, 'more than 64 levels'],
    ['U+0000', { a: '\u0000' }, 'U+0000'],
  ])('refuses attributes that cannot be recorded: %s', async (_what, attributes, sentence) => {
    const { predictor, journal } = await setUp();
    const refused = predictor.predict(aCommand({ attributes: attributes as unknown as JsonObject }));
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(sentence) });
    expect(journal.appended).toEqual([]);
  });

  it('answers each row of a batch for itself', async () => {
    const { predictor } = await setUp();
    const unreadable = new AppError('INVALID_IMAGE', 'not base64');
    const { rows } = await predictor.predictBatch([aCommand(), unreadable, aCommand({ version: '9' })]);
    expect(rows).toMatchObject([
      { ok: true },
      { ok: false, index: 1, code: 'INVALID_IMAGE' },
      { ok: false, index: 2, code: 'VERSION_NOT_FOUND' },
    ]);
  });
});
