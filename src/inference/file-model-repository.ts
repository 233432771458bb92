import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors';
import { championLabel } from '../model-registry/champion';
import type { FolderFingerprint, FoundFolder, ModelRepository } from '../model-registry/inference-engine';
import { fingerprintOf, folderNames } from './folder-look';
import { parseManifest } from './manifest';
import { manifestFile, readManifestText } from './read-manifest-text';

export const modelFile = 'model.onnx';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** Where the model of a folder without versions should lie. */
const firstVersion = '1';

interface Address {
  readonly model: string;
  readonly version: string;
  readonly isThere: boolean;
}

/** The folders `<model>/<version>/model.onnx` below one root; a `model.json` alone does where it names a remote server. */
export class FileModelRepository implements ModelRepository {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws AppError INVALID_INPUT when the root is not a folder that can be read. */
  async scan(): Promise<readonly FoundFolder[]> {
    const addresses = await this.#addresses();
    return Promise.all(addresses.map(({ model, version, isThere }) => this.#look(model, version, isThere)));
  }

  async find(model: string, version: string): Promise<FoundFolder | null> {
    // Looked up among the names there are: what a client sends never becomes part of a path.
    if (!(await this.#modelNames()).includes(model)) return null;
    const address = (await this.#addressesOf(model)).find((one) => one.version === version);
    return address ? this.#look(model, version, address.isThere) : null;
  }

  async fingerprints(): Promise<readonly FolderFingerprint[]> {
    const addresses = await this.#addresses();
    return Promise.all(
      addresses.map(async ({ model, version }) => ({ model, version, fingerprint: await fingerprintOf(join(this.#root, model, version)) })),
    );
  }

  async #addresses(): Promise<readonly Address[]> {
    const models = await this.#modelNames();
    return (await Promise.all(models.map((model) => this.#addressesOf(model)))).flat();
  }

  async #modelNames(): Promise<readonly string[]> {
    return folderNames(this.#root).catch((error: unknown) => {
      throw new AppError(
        'INVALID_INPUT',
        `MODELS_DIR ${this.#root} cannot be read. Make the folder, or set MODELS_DIR to the one with your models.`,
        { cause: error },
      );
    });
  }

  async #addressesOf(model: string): Promise<readonly Address[]> {
    const versions = await folderNames(join(this.#root, model)).catch((error: NodeJS.ErrnoException) => {
      // It went away since its name was read. For any other reason nothing is known, least of all that it is empty.
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (versions?.length === 0) return [{ model, version: firstVersion, isThere: false }];
    return (versions ?? []).map((version) => ({ model, version, isThere: true }));
  }

  async #look(model: string, version: string, isThere: boolean): Promise<FoundFolder> {
    const directory = join(this.#root, model, version);
    // Taken first: what changes while it is read is seen as a change afterwards.
    const fingerprint = await fingerprintOf(directory);
    if (!isThere) return { model, version, directory, fingerprint, problem: await this.#withoutVersions(model) };
    return { ...(await this.#inspect(model, version, directory)), fingerprint };
  }

  /** The commonest slip: the file lies one folder too high. */
  async #withoutVersions(model: string): Promise<string> {
    const isTooHigh = (await stat(join(this.#root, model, modelFile)).catch(() => null))?.isFile() === true;
    return isTooHigh
      ? `${model}/${modelFile} lies one folder too high: move it to ${model}/${firstVersion}/${modelFile}.`
      : `${model} holds no version: put the model at ${model}/${firstVersion}/${modelFile}.`;
  }

  async #inspect(model: string, version: string, directory: string): Promise<Unmarked<FoundFolder>> {
    const broken = (problem: string) => ({ model, version, directory, problem });
    const odd = [model, version].find((name) => !namePattern.test(name));
    if (version === championLabel) return broken(`"${championLabel}" is a label; give the folder of a version another name, such as 1.`);
    if (odd !== undefined) return broken(`"${odd}" cannot be a name here: use letters, digits, ".", "_" and "-".`);
    try {
      const manifest = await readManifestText(directory);
      const { remote, champion, labels } = parseManifest(manifest);
      // Of a version that is served elsewhere the manifest is all there is.
      const name = remote ? manifestFile : modelFile;
      const file = join(directory, name);
      const info = await stat(file).catch(() => null);
      if (!info?.isFile()) return broken(`${name} is missing in ${model}/${version}.`);
      return {
        model,
        version,
        directory,
        sizeBytes: info.size,
        sha256: await sha256(file),
        manifest,
        wantsChampion: champion ?? false,
        wantedLabels: labels ?? [],
      };
    } catch (error) {
      return broken(error instanceof Error ? error.message : String(error));
    }
  }
}

type Unmarked<Folder> = Folder extends FoundFolder ? Omit<Folder, 'fingerprint'> : never;

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
