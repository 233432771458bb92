import fc from 'fast-check';
import { decodeInferRequest, decodeRawInput, encodeInferRequest } from '../../../src/open-inference/infer-request';
import { decodeInferResponse, encodeInferResponse } from '../../../src/open-inference/infer-response';
import { readExtensions, readModelMetadata } from '../../../src/open-inference/metadata';
import { ProtocolError } from '../../../src/open-inference/protocol-error';
import { datatypes, type Tensor } from '../../../src/open-inference/tensor';
import { aTensor, jsonTypes, tensorsOf } from './arbitraries';

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const json = (value: unknown) => ({ body: utf8(JSON.stringify(value)), headerLength: null });

const parameters = fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(fc.boolean(), fc.maxSafeInteger(), fc.string()), { maxKeys: 3 });
const facts = fc.record({
  id: fc.option(fc.string(), { nil: null }),
  parameters,
  outputs: fc.option(fc.uniqueArray(fc.record({ name: fc.string(), parameters }), { selector: ({ name }) => name }), { nil: null }),
});
const answerFacts = fc.record({
  modelName: fc.string(),
  modelVersion: fc.option(fc.string(), { nil: null }),
  id: fc.constant(null),
  parameters,
});

/** The flat elements as arrays in arrays, as the shape says. */
function nested(elements: readonly unknown[], [side, ...rest]: readonly number[]): unknown {
  if (side === undefined) return elements[0];
  const step = elements.length / side;
  return Array.from({ length: side }, (_, at) => nested(elements.slice(at * step, (at + 1) * step), rest));
}

describe('laws of the messages', () => {
  it('a request that is read again is the one that was written, as JSON and as binary data', () => {
    fc.assert(
      fc.property(facts, tensorsOf(aTensor(jsonTypes)), tensorsOf(aTensor(datatypes, { onlyFinite: false })), (rest, finite, any) => {
        const asJson = { ...rest, inputs: finite };
        expect(decodeInferRequest(encodeInferRequest(asJson, false))).toEqual(asJson);
        expect(encodeInferRequest(asJson, false).headerLength).toBeNull();
        const asBinary = { ...rest, inputs: any };
        expect(decodeInferRequest(encodeInferRequest(asBinary, true))).toEqual(asBinary);
      }),
    );
  });

  it('so is an answer, whichever of its outputs are binary', () => {
    fc.assert(
      fc.property(answerFacts, tensorsOf(aTensor(jsonTypes)), fc.func(fc.boolean()), (rest, outputs, isBinary) => {
        const response = { ...rest, outputs };
        expect(decodeInferResponse(encodeInferResponse(response, ({ name }) => isBinary(name)))).toEqual(response);
      }),
    );
  });

  it('nested data equals flat data', () => {
    fc.assert(
      fc.property(aTensor(jsonTypes), (tensor) => {
        const flat = JSON.parse(text(encodeInferRequest({ id: null, parameters: {}, inputs: [tensor], outputs: null }, false).body));
        // Numbers of 64 bits would be rounded by this test's own JSON.parse.
        fc.pre(!tensor.datatype.endsWith('T64') && tensor.shape.length > 0 && !tensor.shape.includes(0));
        const deep = { inputs: [{ ...flat.inputs[0], data: nested(flat.inputs[0].data, tensor.shape) }] };
        expect(decodeInferRequest(json(deep)).inputs).toEqual(decodeInferRequest(json(flat)).inputs);
      }),
    );
  });

  it('bytes from anywhere are read or refused with the typed error, never anything else', () => {
    const refusedOrRead = (read: () => unknown) => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    };
    const length = fc.option(fc.integer({ min: -2, max: 80 }), { nil: null });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), length, (body, headerLength) => {
        refusedOrRead(() => decodeInferRequest({ body, headerLength }));
        refusedOrRead(() => decodeInferResponse({ body, headerLength }));
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, data) => {
        refusedOrRead(() => decodeInferRequest(json(value)));
        refusedOrRead(() => decodeInferRequest(json({ inputs: value })));
        refusedOrRead(() => readModelMetadata(value));
        readExtensions(value);
        for (const datatype of datatypes)
          refusedOrRead(() => decodeInferRequest(json({ inputs: [{ name: 'x', datatype, shape: [1], data }] })));
      }),
    );
  });

  it('a binary request of which one byte was changed is read or refused', () => {
    fc.assert(
      fc.property(aTensor(), fc.nat(), fc.nat(255), (tensor, place, byte) => {
        const { body, headerLength } = encodeInferRequest({ id: 'a', parameters: {}, inputs: [tensor], outputs: null }, true);
        body[place % body.length] = byte;
        try {
          decodeInferRequest({ body, headerLength });
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});

const tensor = (more: object) => ({ inputs: [{ name: 'x', datatype: 'FP32', shape: [2], data: [1, 2], ...more }] });
const binary = (more: object, bytes: Uint8Array, headerLength?: number) => {
  const header = utf8(JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [2], ...more }] }));
  return { body: new Uint8Array([...header, ...bytes]), headerLength: headerLength ?? header.length };
};
const size = (bytes: unknown) => ({ parameters: { binary_data_size: bytes } });

describe('a request is refused, with a sentence, for', () => {
  it.each<[string, object, RegExp]>([
    ['no inputs', {}, /"inputs" must be an array/],
    ['an input that is no object', { inputs: [7] }, /inputs\[0\] must be an object/],
    ['an input without a name', { inputs: [{}] }, /inputs\[0\] has no "name"/],
    ['two inputs of one name', { inputs: [...tensor({}).inputs, ...tensor({}).inputs] }, /two tensors "x"/],
    ['a type nobody knows', tensor({ datatype: 'FP8' }), /"datatype" must be one of BOOL/],
    ['BF16', tensor({ datatype: 'BF16' }), /BF16 is not supported/],
    ['FP16 in JSON', tensor({ datatype: 'FP16' }), /FP16 has no JSON form/],
    ['a negative side', tensor({ shape: [-1] }), /none of them negative/],
    ['a side that is not whole', tensor({ shape: [1.5] }), /whole numbers/],
    ['a shape too large to count', tensor({ shape: [2 ** 40, 2 ** 40] }), /holds Infinity elements, but "data" has 2/],
    ['too many sides', tensor({ shape: new Array(40).fill(1), data: [1] }), /more than 32 dimensions/],
    ['too few elements', tensor({ data: [1] }), /shape \[2\] holds 2 elements, but "data" has 1/],
    ['ragged data', tensor({ shape: [2, 2], data: [[1, 2], [3]] }), /neither flat nor nested/],
    ['data that is no array', tensor({ data: 'AAAA' }), /"data" must be an array/],
    ['a text for a number', tensor({ data: [1, '2'] }), /element 1 is not a number/],
    ['null', tensor({ data: [1, null] }), /element 1 is not a number/],
    ['a number beyond FP32', tensor({ data: [1, 1e39] }), /element 1 is outside the range of FP32/],
    ['half an integer', tensor({ datatype: 'INT8', data: [1, 1.5] }), /element 1 is not a whole number/],
    ['an integer too large', tensor({ datatype: 'INT8', data: [127, 128] }), /element 1 is outside the range of INT8/],
    ['a negative UINT64', tensor({ datatype: 'UINT64', data: [0, -1] }), /outside the range of UINT64/],
    ['a number for a BOOL', tensor({ datatype: 'BOOL', data: [true, 1] }), /element 1 is not true or false/],
    ['half a character', tensor({ datatype: 'BYTES', data: ['a', '\ud800'] }), /element 1 is not a text/],
    ['neither data nor a size', tensor({ data: undefined }), /neither "data" nor/],
    ['both data and a size', tensor(size(8)), /both "data" and/],
    ['shared memory', tensor({ data: undefined, parameters: { shared_memory_region: 'r' } }), /shared memory/],
    ['parameters that are no object', tensor({ parameters: [] }), /"parameters" of tensor "x" must be an object/],
    ['an id that is no text', { ...tensor({}), id: 7 }, /"id" must be a text/],
    ['an output named twice', { ...tensor({}), outputs: [{ name: 'y' }, { name: 'y' }] }, /names "y" twice/],
    ['outputs without names', { ...tensor({}), outputs: [{}] }, /outputs\[0\] has no "name"/],
  ])('%s', (_, body, sentence) => {
    expect(() => decodeInferRequest(json(body))).toThrow(sentence);
  });

  it('numbers that JSON says but nothing can hold', () => {
    const body = utf8('{"inputs":[{"name":"x","datatype":"FP64","shape":[1],"data":[1e999]}]}');
    expect(() => decodeInferRequest({ body, headerLength: null })).toThrow(/outside the range of FP64/);
  });

  it.each([
    ['fewer bytes than the shape', binary(size(4), new Uint8Array(4)), /takes 8 bytes of binary data, not 4/],
    ['fewer bytes than it says', binary(size(8), new Uint8Array(7)), /wants 8 bytes .* only 7 are left/],
    ['trailing bytes', binary(size(8), new Uint8Array(9)), /1 bytes of binary data belong to no tensor/],
    ['a negative size', binary(size(-8), new Uint8Array(8)), /whole number of bytes, not -8/],
    ['a size that is a text', binary(size('8'), new Uint8Array(8)), /whole number of bytes/],
    ['a header longer than the body', binary(size(8), new Uint8Array(8), 10_000), /is 10000, but the body has/],
    ['a header that is no number', binary(size(8), new Uint8Array(8), Number.NaN), /is NaN/],
    ['a BOOL of 2', binary({ datatype: 'BOOL', ...size(2) }, Uint8Array.of(1, 2)), /neither 0 nor 1/],
    ['a text beyond the end', binary({ datatype: 'BYTES', ...size(6) }, Uint8Array.of(9, 0, 0, 0, 65, 66)), /text 0 reaches beyond/],
    ['half a length', binary({ datatype: 'BYTES', ...size(2) }, Uint8Array.of(1, 0)), /text 0 reaches beyond/],
    ['too few texts', binary({ datatype: 'BYTES', ...size(5) }, Uint8Array.of(1, 0, 0, 0, 65)), /holds 2 texts, but the binary data has 1/],
    ['bytes that are no text', binary({ datatype: 'BYTES', shape: [1], ...size(5) }, Uint8Array.of(1, 0, 0, 0, 0xff)), /UTF-8/],
  ])('%s', (_, message, sentence) => {
    expect(() => decodeInferRequest(message)).toThrow(sentence);
  });
});

describe('a body without JSON', () => {
  const signature = (datatype: Tensor['datatype'], shape: readonly number[]) => [{ name: 'x', datatype, shape }];
  const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

  it('is the data of the only input', () => {
    expect(decodeRawInput(bytes, signature('FP32', [-1, 2])).inputs).toEqual([
      { name: 'x', datatype: 'FP32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    ]);
    expect(decodeRawInput(bytes, signature('FP32', [-1, -1])).inputs[0]?.shape).toEqual([1, 4]);
    expect(decodeRawInput(utf8('héllo'), signature('BYTES', [-1])).inputs[0]?.data).toEqual(['héllo']);
  });

  it.each([
    ['bytes that do not fit', bytes, signature('FP32', [-1, 3]), /takes 12 bytes of binary data, not 16/],
    ['a fixed shape that does not fit', bytes, signature('FP32', [1, 3]), /takes 12 bytes/],
    ['a model with two inputs', bytes, [...signature('FP32', [4]), ...signature('FP32', [4])], /one input; this one has 2/],
    ['several texts', utf8('two'), signature('BYTES', [2]), /is one text/],
  ])('is refused for %s', (_, body, signatures, sentence) => {
    expect(() => decodeRawInput(body, signatures)).toThrow(sentence);
  });
});

describe('what has no JSON form', () => {
  const response = (output: Tensor) => ({ modelName: 'm', modelVersion: null, id: null, parameters: {}, outputs: [output] });

  it.each<[string, Tensor]>([
    ['NaN', { name: 'y', datatype: 'FP32', shape: [1], data: Float32Array.of(Number.NaN) }],
    ['FP16', { name: 'y', datatype: 'FP16', shape: [1], data: Uint16Array.of(1) }],
  ])('%s is refused in JSON and sent as binary data', (_, output) => {
    expect(() => encodeInferResponse(response(output), () => false)).toThrow(/ask for it as binary data/);
    expect(decodeInferResponse(encodeInferResponse(response(output), () => true)).outputs).toEqual([output]);
  });

  it('a text without UTF-8 is not sent as binary data', () => {
    const output: Tensor = { name: 'y', datatype: 'BYTES', shape: [1], data: ['\udc00'] };
    expect(() => encodeInferResponse(response(output), () => true)).toThrow(/no UTF-8 form/);
  });
});
