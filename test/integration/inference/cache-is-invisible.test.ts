import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Event, JsonValue } from '../../../src/events/event';
import { CachingEngine } from '../../../src/inference/answer-cache/caching-engine';
import type { InferenceResult, LoadedVersion, ModelInput } from '../../../src/model-registry/inference-engine';
import { DayPredictionIds } from '../../../src/prediction/day-prediction-ids';
import { type PredictCommand, Predictor } from '../../../src/prediction/predictor';
import { RecentPredictions } from '../../../src/prediction/recent-predictions';
import { FakeEventJournal } from '../../fakes/fake-event-journal';
import { aModelFolder } from '../../fakes/fake-inference-engine';
import { anOnnxEngine } from './an-onnx-engine';
import { aTensor } from './signatures';

const root = join(__dirname, '../../..');
const elapsedMs = () => performance.now();
const pictures = readdirSync(join(root, 'demo/data/digits/images'))
  .slice(0, 8)
  .map((name) => readFileSync(join(root, 'demo/data/digits/images', name)));
const rows = readFileSync(join(root, 'demo/data/breast-cancer/rows.csv'), 'utf8')
  .split('\n')
  .slice(1, 7)
  .map((line) => line.split(',').map(Number));

// Few rows, and values that differ little, so that equal rows and rows that read the same are frequent.
const nudge = fc.constantFrom(
  (x: number) => x,
  Math.fround,
  (x: number) => x * (1 + 2 ** -30),
  (x: number) => x * (1 + 2 ** -20),
  () => 0,
  () => -0,
);
const tableRow = fc
  .record({ row: fc.constantFrom(...rows), at: fc.nat(29), nudge })
  .map(({ row, at, nudge: change }) => row.map((value, column) => (column === at ? change(value) : value)));
const table: fc.Arbitrary<ModelInput> = fc.oneof(
  tableRow.map((values): ModelInput => ({ kind: 'features', features: { values } })),
  tableRow.map((values): ModelInput => ({ kind: 'tensors', tensors: [aTensor('float_input', 'FP32', [1, 30], values)] })),
);
const picture: fc.Arbitrary<ModelInput> = fc.constantFrom(...pictures).map((bytes) => ({ kind: 'image', bytes }));

/** JSON has no -0, and all that is recorded or answered becomes JSON. */
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as JsonValue;
const own = ({ answer, inputFeatures, outputs }: InferenceResult) => ({
  answer: asJson(answer),
  inputFeatures: asJson(inputFeatures),
  outputs,
});

describe('a cache', () => {
  const inner = anOnnxEngine();
  const engine = new CachingEngine({ inner, shared: null, build: '1.0.0', elapsedMs, onLookup: () => {} });
  afterAll(() => engine.stop());

  async function load(model: string, version: string, cache: boolean | object): Promise<LoadedVersion> {
    const directory = join(root, 'models', model, version);
    const manifest = { ...JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8')), cache };
    return engine.load(aModelFolder(model, version, { directory, manifest: JSON.stringify(manifest) }));
  }

  it.each([
    ['breast-cancer', '1', table],
    ['breast-cancer', '2', table],
    ['digits', '3', picture],
  ])('changes no answer of %s %s, whatever it still holds', async (model, name, input) => {
    const plain = await load(model, name, false);
    const cached = await load(model, name, { maxEntries: 5 });
    let hits = 0;
    const asked = fc.array(fc.tuple(input, fc.boolean()), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(asked, async (inputs) => {
        // One after the other: in another company the runtime may add up in another order. The last one comes twice: it is still there.
        for (const [one, wantsOutputs] of [...inputs, ...inputs.slice(-1)]) {
          const request = { wantsOutputs };
          const answer = await cached.infer(one, request);
          expect(own(answer)).toEqual(own(await plain.infer(one, request)));
          if (answer.timing.batchSize === 0) hits++;
        }
      }),
      { numRuns: 15 },
    );
    expect(hits).toBeGreaterThan(0);
  });

  it('changes nothing that is recorded but the time it took: each prediction is one, with its own assignment', async () => {
    const record = async (cache: boolean) => {
      const loaded = await load('breast-cancer', '2', cache);
      const journal = new FakeEventJournal();
      let made = 0;
      const decisionOf = (unitId: string | null) => ({
        experiment: 'e',
        variant: unitId === 'u-1' ? 'a' : 'b',
        propensity: 0.5,
        version: '2',
      });
      const predictor = new Predictor({
        registry: { championOf: () => '2', resolve: (model) => ({ model, version: '2', loaded }) },
        router: {
          route: (_model, unitId) => {
            const assignment = { ...decisionOf(unitId), inExperiment: true, reason: 'ASSIGNED' as const };
            return { version: '2', assignment, assignments: [assignment] };
          },
        },
        mirror: { send: () => {} },
        journal,
        predictions: new RecentPredictions({ find: async () => null, list: async () => ({ items: [], hasNextPage: false }) }),
        observers: [],
        ids: new DayPredictionIds(
          () => new Date(0),
          (count) => new Uint8Array(count).fill(++made),
        ),
        now: () => new Date(0),
        elapsedMs,
      });
      const command = (unitId: string, values: readonly number[]): PredictCommand => ({
        ...{ model: 'breast-cancer', version: null, unitId, attributes: { from: unitId }, deadlineMs: null, idempotencyKey: null },
        ...{ input: { kind: 'features', features: { values } }, wantsOutputs: false },
      });
      for (const unitId of ['u-1', 'u-2', 'u-1'])
        for (const row of [rows[0], rows[1], rows[0]]) await predictor.predict(command(unitId, row ?? []));
      return journal.events;
    };
    const without = (events: readonly Event[]) => events.map((event) => ({ ...event, timing: null }));
    const [cached, plain] = [await record(true), await record(false)];
    expect(without(cached)).toEqual(without(plain));
    expect(new Set(cached.map(({ id }) => id)).size).toBe(9);
    const batches = cached.map((event) => event.type === 'prediction' && event.timing.batchSize);
    expect(batches).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0]);
  });
});
