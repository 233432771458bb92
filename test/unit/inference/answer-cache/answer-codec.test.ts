import fc from 'fast-check';
import type { Answer } from '../../../../src/events/event';
import { decodeAnswer, encodeAnswer, outputBytes } from '../../../../src/inference/answer-cache/answer-codec';
import { datatypes, elementCount, type NumericData, numericArrays, type Tensor } from '../../../../src/open-inference/tensor';

const shape = fc.array(fc.nat(3), { maxLength: 3 });
const tensor = fc
  .record({ name: fc.string(), datatype: fc.constantFrom(...datatypes), shape, seed: fc.infiniteStream(fc.nat(255)) })
  .map(({ seed, ...head }): Tensor => {
    const count = elementCount(head.shape);
    if (head.datatype === 'BYTES') return { ...head, data: Array.from({ length: count }, () => String.fromCharCode(seed.next().value)) };
    const array = new numericArrays[head.datatype](count);
    // Any bits, NaN of every kind among them.
    const bytes = new Uint8Array(array.buffer);
    for (let at = 0; at < bytes.length; at++) bytes[at] = seed.next().value;
    return { ...head, data: array as NumericData };
  });
const bitsOf = ({ data, ...head }: Tensor) => ({
  ...head,
  bits: Array.isArray(data) ? data : [...new Uint8Array((data as NumericData).buffer)],
});

const probability = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({
    kind: fc.constant('classification' as const),
    classIndex: fc.nat(9),
    label: fc.string({ unit: 'grapheme' }),
    confidence: probability,
    probabilities: fc.array(probability),
  }),
  fc.constant({ kind: 'raw' as const }),
);

describe('a kept answer', () => {
  it('is read as it was written, to the last bit of its outputs', () => {
    fc.assert(
      fc.property(answer, fc.option(fc.array(tensor), { nil: undefined }), (given, outputs) => {
        const kept = { answer: given, inputFeatures: { x: 0.1, text: 'ä', missing: null }, outputs };
        const read = decodeAnswer<typeof kept>(encodeAnswer(kept));
        expect({ ...read, outputs: read?.outputs?.map(bitsOf) }).toEqual({ ...kept, outputs: outputs?.map(bitsOf) });
      }),
    );
  });

  it('is not there when its bytes are not what this build writes', () => {
    const kept = Buffer.from(
      encodeAnswer({ answer: { kind: 'raw' }, outputs: [{ name: 'y', datatype: 'FP32', shape: [1], data: new Float32Array(1) }] }),
    );
    expect(decodeAnswer(kept.subarray(0, -3))).toBeNull();
    expect(decodeAnswer(Buffer.from('null'))).toBeNull();
    expect(decodeAnswer(Buffer.from(kept.toString().replace('FP32', 'FP99')))).toBeNull();
    expect(decodeAnswer(Buffer.from(kept.toString().replace('AAAAAA', 'AAAA')))).toBeNull();
  });

  it('says how much its outputs take before it is written', () => {
    expect(outputBytes({})).toBe(0);
    const outputs: Tensor[] = [
      { name: 'a', datatype: 'FP64', shape: [2], data: new Float64Array(2) },
      { name: 'b', datatype: 'BYTES', shape: [2], data: ['abc', 'de'] },
    ];
    expect(outputBytes({ outputs })).toBe(21);
  });
});
