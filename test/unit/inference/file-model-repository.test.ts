import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileModelRepository } from '../../../src/inference/file-model-repository';
import { ModelFolders } from '../../integration/inference/model-folders';

const bytes = Buffer.from('the bytes are not looked into here');

describe('FileModelRepository', () => {
  let folders: ModelFolders;

  beforeEach(() => {
    folders = new ModelFolders();
  });
  afterEach(() => folders.remove());

  const scan = () => new FileModelRepository(folders.root).scan();
  const problemOf = async () => {
    const [found] = await scan();
    return found && 'problem' in found ? found.problem : null;
  };

  it('finds each version, with what its manifest says for the repository', async () => {
    const directory = folders.add('digits', '1', bytes, { champion: true, labels: ['canary'] });
    folders.add('digits', 'v1.10-rc', bytes);
    expect(await scan()).toEqual([
      {
        model: 'digits',
        version: '1',
        directory,
        sizeBytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        wantsChampion: true,
        wantedLabels: ['canary'],
        manifest: '{"champion":true,"labels":["canary"]}',
        fingerprint: expect.stringMatching(/^model\.json:.* model\.onnx:/),
      },
      expect.objectContaining({ model: 'digits', version: 'v1.10-rc', wantsChampion: false, wantedLabels: [] }),
    ]);
  });

  it('refuses a version that has the name of the label', async () => {
    folders.add('digits', 'champion', bytes);
    expect(await problemOf()).toContain('"champion" is a label');
  });

  it('does not wait for what a pipe in the place of a manifest may say', async () => {
    execFileSync('mkfifo', [join(folders.add('digits', '1', bytes), 'model.json')]);
    expect(await problemOf()).toContain('model.json must be a file');
  });

  it('takes a manifest alone where it names a remote server', async () => {
    folders.add('big', '1', null, { remote: { url: 'http://triton:8000' }, champion: true });
    const text = JSON.stringify({ remote: { url: 'http://triton:8000' }, champion: true });
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(await scan()).toEqual([expect.objectContaining({ model: 'big', wantsChampion: true, sizeBytes: text.length, sha256 })]);
  });

  it('follows links to folders, and passes by files and what begins with a dot', async () => {
    const directory = folders.add('digits', '1', bytes);
    symlinkSync(directory, join(folders.root, 'digits', 'latest'));
    writeFileSync(join(folders.root, 'README.md'), 'models live here');
    mkdirSync(join(folders.root, '.cache'));
    expect((await scan()).map(({ version }) => version)).toEqual(['1', 'latest']);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a folder without a model', () => folders.add('m', '1', null), /model\.onnx is missing in m\/1/],
    ['a manifest that is not JSON', () => folders.add('m', '1', bytes, '{'), /not valid JSON/],
    ['a manifest with a misspelt key', () => folders.add('m', '1', bytes, { labls: [] }), /labls/],
    ['a manifest that is a folder', () => mkdirSync(join(folders.add('m', '1', bytes), 'model.json')), /model\.json must be a file/],
    ['a name with a space', () => folders.add('m', 'version 1', bytes), /"version 1" cannot be a name/],
    ['a model one folder too high', () => folders.add('m', '', bytes), /one folder too high: move it to m\/1\/model\.onnx/],
    ['an empty folder', () => folders.add('m', '', null), /holds no version/],
  ])('reports %s instead of leaving it out', async (_, make, problem) => {
    make();
    folders.add('n', '1', bytes);
    expect(await problemOf()).toMatch(problem);
    expect((await scan()).filter((found) => !('problem' in found))).toHaveLength(1);
  });

  it('says what to do when the root is not there', async () => {
    const repository = new FileModelRepository(join(folders.root, 'nowhere'));
    await expect(repository.scan()).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('set MODELS_DIR') });
  });
});
