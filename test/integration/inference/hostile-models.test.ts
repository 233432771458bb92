import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signatures } from './signatures';

const root = join(__dirname, '../../..');
const loader = join(root, 'test/fixtures/onnx/hostile-loader.cjs');
const seedsPerFile = 30;
const files = [
  ...['digits/2', 'breast-cancer/1', 'breast-cancer/2'].map((model) => join(root, 'models', model, 'model.onnx')),
  ...['mixed-columns', 'zip-map-text', 'lstm-with-state', 'fixed-batch-4', 'tokens-to-classes', 'sequence-beside-tensor'].map((file) =>
    join(signatures, `${file}.onnx`),
  ),
];

interface Outcome {
  readonly loaded: boolean;
  readonly code: string;
  readonly message: string;
}

describe('damaged models', () => {
  it('are served or refused with a sentence, and never end the process', async () => {
    // A native fault would be a signal here.
    const { stdout } = await promisify(execFile)(process.execPath, [loader, '0', String(seedsPerFile), ...files]);
    const outcomes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
    expect(outcomes).toHaveLength(files.length * seedsPerFile);
    for (const outcome of outcomes.filter(({ loaded }) => !loaded))
      expect(outcome).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(/^[^\p{Cc}]{10,1000}[.!?]$/u) });
    expect(outcomes.filter(({ loaded }) => loaded).length).toBeGreaterThan(files.length);
  }, 120_000);
});
