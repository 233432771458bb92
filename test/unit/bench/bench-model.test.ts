import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelFilesIn, prepareModel } from '../../../bench/serving/bench-model';
import { readOnnxGraph } from '../../../src/inference/onnx-graph';
import { hasZipMap } from '../../../src/inference/rewrite-zip-map';

const sample = join(__dirname, '../../../models/breast-cancer/1/model.onnx');

describe('a model under test', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bench-model-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is served as it is, and given to the others without its ZipMap', () => {
    const model = prepareModel(sample, join(folder, 'served'), join(folder, 'plain'));
    expect(model).toMatchObject({ name: 'breast-cancer', torchPath: null });
    expect(readFileSync(join(folder, 'served/breast-cancer/1/model.onnx'))).toEqual(readFileSync(sample));
    expect(hasZipMap(readOnnxGraph(readFileSync(sample)))).toBe(true);
    expect(hasZipMap(readOnnxGraph(readFileSync(model.plainPath)))).toBe(false);
  });

  it('is found as a bare file or as the first version of a folder, 2 before 10', () => {
    for (const version of ['10', '2']) {
      mkdirSync(join(folder, 'nets', version), { recursive: true });
      writeFileSync(join(folder, 'nets', version, 'model.onnx'), '');
    }
    writeFileSync(join(folder, 'bare.onnx'), '');
    writeFileSync(join(folder, 'README.md'), '');
    mkdirSync(join(folder, 'empty'));
    expect([...modelFilesIn(folder)].sort()).toEqual([join(folder, 'bare.onnx'), join(folder, 'nets/2/model.onnx')]);
  });
});
