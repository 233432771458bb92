import fc from 'fast-check';
import { parseValue } from 'graphql';
import { readTensors } from '../../../src/graphql/prediction/read-tensors';
import { maxOutputElements, toTensorOutputs } from '../../../src/graphql/prediction/tensor-output';
import { TensorData } from '../../../src/graphql/scalars';
import { type Datatype, numericArrays, type Tensor } from '../../../src/open-inference/tensor';

const numbers: Readonly<Record<Exclude<Datatype, 'BYTES'>, fc.Arbitrary<number | bigint>>> = {
  BOOL: fc.nat(1),
  UINT8: fc.nat(255),
  UINT16: fc.nat(65_535),
  UINT32: fc.nat(4_294_967_295),
  UINT64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  INT8: fc.integer({ min: -128, max: 127 }),
  INT16: fc.integer({ min: -32_768, max: 32_767 }),
  INT32: fc.integer(),
  INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  // Bits; of the many ways to write NaN one comes back.
  FP16: fc.nat(65_535).filter((bits) => (bits & 0x7c00) !== 0x7c00 || (bits & 0x3ff) === 0 || bits === 0x7e00),
  FP32: fc.float(),
  FP64: fc.double(),
};
const shape = fc.array(fc.nat(3), { maxLength: 4 });
const ofType = (datatype: Datatype): fc.Arbitrary<Tensor> =>
  shape.chain((sides): fc.Arbitrary<Tensor> => {
    const length = sides.reduce((a, b) => a * b, 1);
    const exactly = { minLength: length, maxLength: length };
    if (datatype === 'BYTES') return fc.array(fc.string(), exactly).map((data) => ({ name: 'x', datatype, shape: sides, data }));
    return fc.array(numbers[datatype], exactly).map((data) => {
      const array = (numericArrays[datatype] as Float64ArrayConstructor).from(data as number[]);
      return { name: 'x', datatype, shape: sides, data: array };
    });
  });
const datatypes: readonly Datatype[] = [...(Object.keys(numbers) as (keyof typeof numbers)[]), 'BYTES'];

function nested(data: readonly unknown[], [side, ...rest]: readonly number[]): unknown {
  if (side === undefined) return data[0];
  const step = data.length / side;
  return Array.from({ length: side }, (_, at) => nested(data.slice(at * step, (at + 1) * step), rest));
}

/** JSON has one zero. */
const plain = (tensor: Tensor): Tensor =>
  tensor.datatype === 'FP32' || tensor.datatype === 'FP64'
    ? { ...tensor, data: (tensor.data as Float32Array).map((value) => value + 0) }
    : tensor.datatype === 'FP16'
      ? { ...tensor, data: (tensor.data as Uint16Array).map((bits) => (bits === 0x8000 ? 0 : bits)) }
      : tensor;

describe('tensors as JSON', () => {
  it.each(datatypes)('come back as they were, flat and nested: %s', (datatype) => {
    fc.assert(
      fc.property(ofType(datatype), (tensor) => {
        const [written] = JSON.parse(JSON.stringify(toTensorOutputs([tensor])));
        expect(readTensors([written])).toEqual([plain(tensor)]);
        if (!tensor.shape.includes(0))
          expect(readTensors([{ ...written, data: nested(written.data, tensor.shape) }])).toEqual([plain(tensor)]);
      }),
      { numRuns: 60 },
    );
  });

  const x = { name: 'x', datatype: 'FP32', shape: [2], data: [1, 2] };
  it.each<[string, readonly object[], RegExp]>([
    ['none', [], /1 to 256 tensors/],
    ['a name twice', [x, x], /"x" is there twice/],
    ['an unknown type', [{ ...x, datatype: 'float32' }], /"x": datatype must be one of BOOL.*not "float32"/],
    ['a negative side', [{ ...x, shape: [-1] }], /"x": a side of its shape \[-1\] is negative/],
    ['too many dimensions', [{ ...x, shape: new Array(33).fill(1) }], /"x" has more than 32 dimensions/],
    ['too few elements', [{ ...x, shape: [3] }], /"x": shape \[3\] holds 3 elements, but "data" has 2/],
    ['no list', [{ ...x, data: 1 }], /"x": "data" must be an array/],
    ['ragged lists', [{ ...x, shape: [2, 2], data: [[1, 2], [3]] }], /"x".*neither flat nor nested/],
    ['a text for a number', [{ ...x, data: ['1', '2'] }], /"x": element 0 is no number of FP32/],
    ['a number beyond its type', [{ ...x, data: [1, 1e39] }], /"x": element 1 is no number of FP32/],
    ['a half beyond its type', [{ ...x, datatype: 'FP16', data: [65_520, 1] }], /"x": element 0 is no number of FP16/],
    [
      'an integer that was rounded on its way',
      [{ ...x, datatype: 'INT64', data: [1, 2 ** 53] }],
      /"x": element 1 is beyond 2\^53.*text of its digits/,
    ],
    [
      'an integer beyond its type',
      [{ ...x, datatype: 'INT64', data: ['9223372036854775808', 1] }],
      /"x": element 0 is outside the range of INT64/,
    ],
    ['digits that are none', [{ ...x, datatype: 'INT64', data: ['1e3', 1] }], /"x": element 0 is not a whole number/],
    ['numbers for texts', [{ ...x, datatype: 'BYTES' }], /"x": element 0 is not a text/],
    ['numbers for booleans', [{ ...x, datatype: 'BOOL' }], /"x": element 0 is not true or false/],
  ])('are refused: %s', (_, tensors, sentence) => {
    expect(() => readTensors(tensors as Parameters<typeof readTensors>[0])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(sentence) }),
    );
  });

  it('name the tensor for programs, too', () => {
    expect(() => readTensors([{ ...x, data: ['a', 2] }])).toThrow(expect.objectContaining({ details: { tensor: 'x' } }));
  });

  it('are not written where they are too many', () => {
    const half = new Float32Array(maxOutputElements / 2 + 1);
    const tensor: Tensor = { name: 'y', datatype: 'FP32', shape: [half.length], data: half };
    expect(() => toTensorOutputs([tensor, tensor])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining('/v2') }),
    );
  });

  it('keep the digits that a query has written into it', () => {
    const read = (text: string) => TensorData.parseLiteral(parseValue(text), { n: 7 });
    expect(read('[[1, -2.5], [9007199254740993, $n], ["NaN", true]]')).toEqual([
      [1, -2.5],
      ['9007199254740993', 7],
      ['NaN', true],
    ]);
    expect(() => read('{ a: 1 }')).toThrow('TensorData holds numbers');
  });
});
