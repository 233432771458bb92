import fc from 'fast-check';
import { FolderChanges } from '../../../src/model-registry/folder-changes';
import { FolderWatch } from '../../../src/model-registry/folder-watch';
import type { FolderFingerprint } from '../../../src/model-registry/inference-engine';
import { FakeLogger } from '../../fakes/fake-logger';

const folder = (version: string, fingerprint = 'a'): FolderFingerprint => ({ model: 'm', version, fingerprint });
const folders = fc.uniqueArray(
  fc.record({ model: fc.constantFrom('m', 'n'), version: fc.constantFrom('1', '2', '3'), fingerprint: fc.constantFrom('a', 'b') }),
  { selector: ({ model, version }) => `${model}/${version}` },
);

describe('FolderChanges', () => {
  it('tells nothing while the folders are as they are known', () => {
    fc.assert(fc.property(folders, (known) => new FolderChanges(0).look([...known].reverse(), known, 0).length === 0));
  });

  it('tells all that differs once it has stood still for the time, and nothing before', () => {
    fc.assert(
      fc.property(folders, folders, fc.integer({ min: 1, max: 5_000 }), (found, known, waitMs) => {
        const changes = new FolderChanges(2_000);
        expect(changes.look(found, known, 100)).toEqual([]);
        const print = (list: readonly FolderFingerprint[]) => new Map(list.map((one) => [`${one.model}/${one.version}`, one.fingerprint]));
        const [isNow, was] = [print(found), print(known)];
        const differs = [...new Set([...was.keys(), ...isNow.keys()])].filter((key) => isNow.get(key) !== was.get(key));
        const settled = changes.look(found, known, 100 + waitMs).map(({ model, version }) => `${model}/${version}`);
        expect(settled.sort()).toEqual(waitMs >= 2_000 ? differs.sort() : []);
      }),
    );
  });

  it('waits for a copy that goes on, however long', () => {
    const changes = new FolderChanges(2_000);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 1_000) expect(changes.look([folder('1', `${nowMs}`)], [], nowMs)).toEqual([]);
    expect(changes.look([folder('1', '59000')], [], 61_000)).toEqual([{ model: 'm', version: '1' }]);
  });

  it('begins anew where a change was taken back', () => {
    const changes = new FolderChanges(2_000);
    changes.look([folder('1', 'b')], [folder('1')], 0);
    changes.look([folder('1')], [folder('1')], 1_000);
    expect(changes.look([folder('1', 'b')], [folder('1')], 2_000)).toEqual([]);
  });
});

describe('FolderWatch', () => {
  function aWatch(
    found: readonly FolderFingerprint[] | Promise<readonly FolderFingerprint[]>,
    known: readonly FolderFingerprint[],
    follow: () => Promise<void> = async () => {},
  ) {
    const followed: string[] = [];
    const registry = {
      knownFolders: () => known,
      follow: (model: string, version: string) => {
        followed.push(`${model}/${version}`);
        return follow();
      },
    };
    const logger = new FakeLogger();
    const watch = new FolderWatch({ repository: { fingerprints: async () => found }, registry, settleMs: 0, elapsedMs: () => 0, logger });
    return { watch, followed, logger };
  }

  it('follows what came, changed and went', async () => {
    const { watch, followed } = aWatch([folder('1', 'b'), folder('2')], [folder('1'), folder('3')]);
    await watch.look();
    expect(followed.sort()).toEqual(['m/1', 'm/2', 'm/3']);
  });

  it('keeps everything when all is gone at once, as when a mount goes away', async () => {
    const { watch, followed, logger } = aWatch([], [folder('1'), folder('2')]);
    await watch.look();
    await watch.look();
    expect(followed).toEqual([]);
    expect(logger.lines.filter(({ event }) => event === 'models_folder_empty')).toHaveLength(1);
  });

  it('keeps everything while the folder cannot be read, and says so once', async () => {
    const { watch, followed, logger } = aWatch(Promise.reject(new Error('EIO')), [folder('1')]);
    await watch.look();
    await watch.look();
    expect(followed).toEqual([]);
    expect(logger.lines.map(({ event }) => event)).toEqual(['models_folder_not_read']);
  });

  it('follows one version once at a time, and again after a failure', async () => {
    let fail: (error: Error) => void = () => {};
    const failing = () =>
      new Promise<void>((_, reject) => {
        fail = reject;
      });
    const { watch, followed } = aWatch([folder('1')], [], failing);
    await watch.look();
    await watch.look();
    expect(followed).toHaveLength(1);
    fail(new Error('the database is away'));
    await new Promise(setImmediate);
    await watch.look();
    expect(followed).toHaveLength(2);
    fail(new Error('end'));
  });
});
