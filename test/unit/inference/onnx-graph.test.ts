import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { planModel } from '../../../src/inference/model-plan';
import { readOnnxGraph } from '../../../src/inference/onnx-graph';
import { readFields, WireFormatError, writeFields } from '../../../src/inference/protobuf-wire';
import { hasZipMap, rewriteZipMap } from '../../../src/inference/rewrite-zip-map';

const model = (name: string) => readFileSync(join(__dirname, '../../../models', name, 'model.onnx'));

describe('readOnnxGraph', () => {
  it('reads the signature of a network', () => {
    const graph = readOnnxGraph(model('digits/2'));
    expect(graph.inputs).toMatchObject([{ name: 'image', type: { kind: 'tensor', datatype: 'FP32', shape: [-1, 1, 8, 8] } }]);
    expect(graph.parameterCount).toBeGreaterThan(100);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello, this is not a model')],
    ['half a model', model('digits/3').subarray(0, 20_000)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readOnnxGraph(bytes)).toThrow();
  });

  it('never does worse than throw, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          readOnnxGraph(bytes);
        } catch (error) {
          expect(error instanceof WireFormatError || error instanceof RangeError).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the wire format', () => {
  it('writes what it read, byte for byte', () => {
    const bytes = model('breast-cancer/1');
    expect(Buffer.from(writeFields(readFields(bytes))).equals(bytes)).toBe(true);
  });
});

describe('rewriteZipMap', () => {
  it.each(['breast-cancer/1', 'breast-cancer/2'])('turns the maps of %s into a float tensor and keeps the labels', (name) => {
    const bytes = model(name);
    const before = readOnnxGraph(bytes);
    const after = readOnnxGraph(rewriteZipMap(bytes));
    expect([hasZipMap(before), hasZipMap(after)]).toEqual([true, false]);
    expect(after.outputs.map((output) => output.type.kind)).toEqual(['tensor', 'tensor']);
    expect(planModel(before, {}).output).toMatchObject({ task: 'classification', classLabels: ['0', '1'], appliesSoftmax: false });
  });
});

describe('planModel', () => {
  it('applies softmax to logits, and not to what ends in Softmax', () => {
    const manifest = {
      preprocessing: [
        { type: 'Grayscale' as const },
        { type: 'Resize' as const, size: [8, 8] as [number, number], interpolation: 'bilinear' as const },
        { type: 'ToTensor' as const },
      ],
    };
    expect(planModel(readOnnxGraph(model('digits/1')), manifest).output).toMatchObject({ appliesSoftmax: false });
    expect(planModel(readOnnxGraph(model('digits/3')), manifest).output).toMatchObject({ appliesSoftmax: true });
  });

  it.each([
    [
      'steps that make another size',
      {
        preprocessing: [
          { type: 'Grayscale' as const },
          { type: 'Resize' as const, size: [9, 8] as [number, number], interpolation: 'bilinear' as const },
          { type: 'ToTensor' as const },
        ],
      },
      'height 8',
    ],
    ['steps without a tensor', { preprocessing: [{ type: 'Grayscale' as const }] }, 'ToTensor'],
    [
      'too few class labels',
      {
        preprocessing: [
          { type: 'Grayscale' as const },
          { type: 'Resize' as const, size: [8, 8] as [number, number], interpolation: 'bilinear' as const },
          { type: 'ToTensor' as const },
        ],
        classLabels: ['a'],
      },
      '10 classes',
    ],
  ])('refuses %s with a sentence', (_, manifest, sentence) => {
    expect(() => planModel(readOnnxGraph(model('digits/1')), manifest)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(sentence) }),
    );
  });
});
