import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors';
import { championLabel } from '../model-registry/champion';
import type { BrokenModelFolder, ModelRepository } from '../model-registry/inference-engine';
import type { ModelFolder } from '../model-registry/model-version';
import { manifestFile, readManifest } from './read-manifest';

export const modelFile = 'model.onnx';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** The folders `<model>/<version>/model.onnx` below one root; a `model.json` alone does where it names a remote server. */
export class FileModelRepository implements ModelRepository {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws AppError INVALID_INPUT when the root is not a folder that can be read. */
  async scan(): Promise<readonly (ModelFolder | BrokenModelFolder)[]> {
    const models = await folders(this.#root).catch((error: unknown) => {
      throw new AppError(
        'INVALID_INPUT',
        `MODELS_DIR ${this.#root} cannot be read. Make the folder, or set MODELS_DIR to the one with your models.`,
        { cause: error },
      );
    });
    const found = await Promise.all(
      models.map(async (model) => {
        const versions = await folders(join(this.#root, model));
        if (versions.length === 0) return [await this.#withoutVersions(model)];
        return Promise.all(versions.map((version) => this.#inspect(model, version)));
      }),
    );
    return found.flat();
  }

  /** The commonest slip: the file lies one folder too high. */
  async #withoutVersions(model: string): Promise<BrokenModelFolder> {
    const directory = join(this.#root, model);
    const isTooHigh = (await stat(join(directory, modelFile)).catch(() => null))?.isFile() === true;
    const problem = isTooHigh
      ? `${model}/${modelFile} lies one folder too high: move it to ${model}/1/${modelFile}.`
      : `${model} holds no version: put the model at ${model}/1/${modelFile}.`;
    return { model, version: '1', directory: join(directory, '1'), problem };
  }

  async #inspect(model: string, version: string): Promise<ModelFolder | BrokenModelFolder> {
    const directory = join(this.#root, model, version);
    const broken = (problem: string): BrokenModelFolder => ({ model, version, directory, problem });
    const odd = [model, version].find((name) => !namePattern.test(name));
    if (version === championLabel) return broken(`"${championLabel}" is a label; give the folder of a version another name, such as 1.`);
    if (odd !== undefined) return broken(`"${odd}" cannot be a name here: use letters, digits, ".", "_" and "-".`);
    try {
      const manifest = await readManifest(directory);
      // Of a version that is served elsewhere the manifest is all there is.
      const name = manifest.remote ? manifestFile : modelFile;
      const file = join(directory, name);
      const info = await stat(file).catch(() => null);
      if (!info?.isFile()) return broken(`${name} is missing in ${model}/${version}.`);
      return {
        model,
        version,
        directory,
        sizeBytes: info.size,
        sha256: await sha256(file),
        wantsChampion: manifest.champion ?? false,
        wantedLabels: manifest.labels ?? [],
      };
    } catch (error) {
      return broken(error instanceof Error ? error.message : String(error));
    }
  }
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith('.')) return [];
      // A link to a folder is a folder, as mounted model volumes have it.
      const isFolder =
        entry.isDirectory() || (entry.isSymbolicLink() && (await stat(join(path, entry.name)).catch(() => null))?.isDirectory());
      return isFolder ? [entry.name] : [];
    }),
  );
  return names.flat().sort();
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
