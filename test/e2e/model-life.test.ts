import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anExperiment } from '../fakes/fake-services';
import { eventually } from '../integration/eventually';
import { manifestOf, onnxOf, picture, replaceFile, startModelHouse } from './model-life-harness';

type House = Awaited<ReturnType<typeof startModelHouse>>;

const connections = 16;
const reloads = 20;

describe('the life of model versions, over GraphQL', () => {
  let house: House;
  beforeEach(async () => {
    house = await startModelHouse();
  });
  afterEach(() => house.stop());

  const fileOf = (version: string) => join(house.folders.root, 'digits', version, 'model.onnx');
  const predict = (version: string) =>
    house.client.ask(
      `mutation ($input: PredictInput!) { predict(input: $input) { version predictedClass probabilities { class probability } } }`,
      { input: { model: 'digits', version, image: picture, topK: 10 } },
    );
  const probabilitiesOf = async (version: string) => {
    const { data, errors } = await predict(version);
    return errors ? `${errors[0]?.extensions.code}: ${errors[0]?.message}` : JSON.stringify(data.predict.probabilities);
  };
  const change = async (name: 'loadModelVersion' | 'unloadModelVersion', version: string) => {
    const { data, errors } = await house.client.ask(
      `mutation { ${name}(model: "digits", version: "${version}") { model { name } userErrors { code message field } } }`,
    );
    return errors ?? data[name].userErrors;
  };
  const versions = async () => {
    const { data } = await house.client.ask(`{ model(name: "digits") { versions { version state sha256 error loadedAt } } }`);
    return data.model.versions as readonly { version: string; state: string; sha256: string; error: string | null }[];
  };
  const versionOf = async (name: string) => (await versions()).find(({ version }) => version === name);

  it(`loses and spoils no answer while a version is loaded ${reloads} times under ${connections} connections`, async () => {
    const files = [onnxOf('2'), onnxOf('3')];
    const exact: string[] = [];
    for (const file of files) {
      replaceFile(fileOf('2'), file);
      expect(await change('loadModelVersion', '2')).toEqual([]);
      exact.push(await probabilitiesOf('2'));
    }
    expect(exact[0]).not.toBe(exact[1]);
    let isOver = false;
    const answers: string[] = [];
    const clients = Array.from({ length: connections }, async () => {
      while (!isOver) answers.push(await probabilitiesOf('2'));
    });
    try {
      for (let i = 0; i < reloads; i++) {
        replaceFile(fileOf('2'), files[i % 2] as Buffer);
        expect(await change('loadModelVersion', '2')).toEqual([]);
        // Whoever asks from here on is answered by the new file.
        expect(await probabilitiesOf('2')).toBe(exact[i % 2]);
      }
    } finally {
      isOver = true;
      await Promise.all(clients);
    }
    expect(answers.length).toBeGreaterThan(reloads);
    expect(answers.filter((answer) => !exact.includes(answer))).toEqual([]);
    expect(exact.map((one) => answers.includes(one))).toEqual([true, true]);
  }, 60_000);

  it('unloads a version: what it took is answered, what comes later is told so', async () => {
    const exact = await probabilitiesOf('2');
    const taken = Array.from({ length: connections }, () => probabilitiesOf('2'));
    await Promise.race(taken);
    expect(await change('unloadModelVersion', '2')).toEqual([]);
    const told = 'MODEL_NOT_READY: Version 2 of digits is unloaded. Ask for another version, or load it with loadModelVersion.';
    expect((await Promise.all(taken)).filter((answer) => answer !== exact && answer !== told)).toEqual([]);
    expect(await probabilitiesOf('2')).toBe(told);
    expect(await versionOf('2')).toMatchObject({ state: 'UNLOADED', loadedAt: null });
    expect(await change('loadModelVersion', '2')).toEqual([]);
    expect(await probabilitiesOf('2')).toBe(exact);
  });

  it('unloads neither the champion nor a version of a running experiment', async () => {
    const refusal = (message: unknown) => [{ code: 'INVALID_STATE', message, field: null }];
    expect(await change('unloadModelVersion', '1')).toEqual(refusal(expect.stringContaining('it is the champion of digits')));
    const variants = ['1', '2'].map((version) => ({ key: `v${version}`, name: 'v', version, weight: 0.5, isControl: version === '1' }));
    const running = {
      ...anExperiment(),
      key: 'fonts',
      model: 'digits',
      variants,
      status: 'RUNNING' as const,
      startedAt: new Date(0),
      progress: null,
    };
    await house.experiments.insert(running, { at: new Date(0), actor: 'a', action: 'CREATED', reason: null, detail: null });
    expect(await change('unloadModelVersion', '2')).toEqual(refusal(expect.stringContaining('experiment "fonts" is RUNNING')));
    expect(await change('unloadModelVersion', '7')).toMatchObject([{ code: 'VERSION_NOT_FOUND', field: ['version'] }]);
    expect(await versions()).toMatchObject([{ state: 'READY' }, { state: 'READY' }]);
  });

  it.each([
    ['half a file', () => onnxOf('3').subarray(0, 20_000)],
    ['a file that is no model', () => Buffer.from('<html>not found</html>')],
  ])('goes on serving when %s takes the place of its own', async (_, bytes) => {
    const exact = await probabilitiesOf('2');
    const before = await versionOf('2');
    writeFileSync(fileOf('2'), bytes());
    expect(await change('loadModelVersion', '2')).toMatchObject([
      {
        code: 'MODEL_NOT_READY',
        message: expect.stringMatching(/^Version 2 of digits could not be loaded: .* What served before goes on\.$/),
      },
    ]);
    expect(await probabilitiesOf('2')).toBe(exact);
    expect(await versionOf('2')).toEqual({ ...before, error: expect.any(String) });
    writeFileSync(fileOf('2'), onnxOf('3'));
    expect(await change('loadModelVersion', '2')).toEqual([]);
    expect(await versionOf('2')).toMatchObject({ state: 'READY', error: null });
    expect(await probabilitiesOf('2')).not.toBe(exact);
  });

  describe('by watching the folder', () => {
    const stateOf = (version: string, state: string | undefined) =>
      eventually(`version ${version} is ${state}`, async () => {
        const found = await versionOf(version);
        return found?.state === state ? { found } : null;
      });

    it('serves a version that appears, once its file is whole', async () => {
      const directory = house.folders.add('digits', '3', onnxOf('3').subarray(0, 20_000), manifestOf('3'));
      await house.look();
      await stateOf('3', 'FAILED');
      writeFileSync(join(directory, 'model.onnx'), onnxOf('3'));
      writeFileSync(join(directory, 'model.json'), JSON.stringify({ ...manifestOf('3'), labels: ['canary'] }));
      await house.look();
      await stateOf('3', 'READY');
      expect((await predict('canary')).data.predict).toMatchObject({ version: '3' });
    });

    it('serves a file that was replaced', async () => {
      const before = await probabilitiesOf('2');
      replaceFile(fileOf('2'), onnxOf('3'));
      await house.look();
      await eventually('the new file serves', async () => ((await probabilitiesOf('2')) === before ? null : true));
    });

    it('lets a version go whose folder is gone, except the champion', async () => {
      const exact = await probabilitiesOf('1');
      rmSync(join(house.folders.root, 'digits/2'), { recursive: true });
      rmSync(join(house.folders.root, 'digits/1'), { recursive: true });
      house.folders.add('digits', '3', onnxOf('3'), manifestOf('3'));
      await house.look();
      await stateOf('2', undefined);
      await stateOf('3', 'READY');
      expect(await probabilitiesOf('2')).toMatch(/^VERSION_NOT_FOUND: /);
      expect(await probabilitiesOf('1')).toBe(exact);
      await eventually('it says so', async () => ((await versionOf('1'))?.error?.startsWith('Its folder is gone') ? true : null));
    });
  });
});
