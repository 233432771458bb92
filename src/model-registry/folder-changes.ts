import type { FolderFingerprint } from './inference-engine';

interface Change {
  /** Null: the folder is gone. */
  readonly fingerprint: string | null;
  readonly sinceMs: number;
}

type Address = Pick<FolderFingerprint, 'model' | 'version'>;

/**
 * Tells which folders are other than they are known to be and have been left alone for a while: a file that is still being copied changes from
 * one look to the next.
 */
export class FolderChanges {
  readonly #settleMs: number;
  #changing: ReadonlyMap<string, Change> = new Map();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /** One look. @returns what has settled; told again with each further look until it is known. */
  look(found: readonly FolderFingerprint[], known: readonly FolderFingerprint[], nowMs: number): readonly Address[] {
    const [isNow, was] = [byAddress(found), byAddress(known)];
    const changing = new Map<string, Change>();
    const settled: Address[] = [];
    for (const [key, { model, version }] of new Map([...was, ...isNow])) {
      const fingerprint = isNow.get(key)?.fingerprint ?? null;
      if (fingerprint === (was.get(key)?.fingerprint ?? null)) continue;
      const before = this.#changing.get(key);
      const sinceMs = before?.fingerprint === fingerprint ? before.sinceMs : nowMs;
      changing.set(key, { fingerprint, sinceMs });
      if (nowMs - sinceMs >= this.#settleMs) settled.push({ model, version });
    }
    this.#changing = changing;
    return settled;
  }
}

/** No name has a slash in it. */
function byAddress(folders: readonly FolderFingerprint[]): Map<string, FolderFingerprint> {
  return new Map(folders.map((folder) => [`${folder.model}/${folder.version}`, folder]));
}
