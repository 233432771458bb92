import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseManifest } from '../../src/inference/manifest';
import { type ModelPlan, planModel } from '../../src/inference/model-plan';
import { readOnnxGraph } from '../../src/inference/onnx-graph';
import { hasZipMap, rewriteZipMap } from '../../src/inference/rewrite-zip-map';

/** A model under test, laid out for every contender. */
export interface BenchModel {
  readonly name: string;
  readonly plan: ModelPlan;
  /** Without ZipMap, for those who cannot take it out themselves. */
  readonly plainPath: string;
  /** The same network as a pickled PyTorch module, for the seed's server; null: there is none. */
  readonly torchPath: string | null;
}

/**
 * Copies one model into `<servedDir>/<name>/1/` and its plain form into `plainDir`.
 * @param file `<name>/<version>/model.onnx`, or any `<name>.onnx`
 * @throws AppError when the product itself would not serve it.
 */
export function prepareModel(file: string, servedDir: string, plainDir: string): BenchModel {
  const isInRepository = basename(file) === 'model.onnx';
  const name = isInRepository ? basename(dirname(dirname(file))) : basename(file, '.onnx');
  const bytes = readFileSync(file);
  const graph = readOnnxGraph(bytes);
  const manifestPath = join(dirname(file), 'model.json');
  const manifest = isInRepository && existsSync(manifestPath) ? readFileSync(manifestPath, 'utf8') : '{}';
  const plan = planModel(graph, parseManifest(manifest));
  const folder = join(servedDir, name, '1');
  mkdirSync(folder, { recursive: true });
  mkdirSync(plainDir, { recursive: true });
  copyFileSync(file, join(folder, 'model.onnx'));
  writeFileSync(join(folder, 'model.json'), manifest);
  const plainPath = join(plainDir, `${name}.onnx`);
  writeFileSync(plainPath, hasZipMap(graph) ? rewriteZipMap(bytes) : bytes);
  const torchPath = join(dirname(dirname(file)), 'model.pth');
  return { name, plan, plainPath, torchPath: isInRepository && existsSync(torchPath) ? torchPath : null };
}

/** Every model file of a folder: `<name>.onnx`, and of `<name>/<version>/model.onnx` the first version. */
export function modelFilesIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) return entry.name.endsWith('.onnx') ? [path] : [];
    const versions = readdirSync(path).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    return versions
      .map((version) => join(path, version, 'model.onnx'))
      .filter((file) => existsSync(file))
      .slice(0, 1);
  });
}
