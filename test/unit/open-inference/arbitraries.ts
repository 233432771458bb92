import fc from 'fast-check';
import { type Datatype, datatypes, elementCount, numericArrays, type Tensor, type TensorData } from '../../../src/open-inference/tensor';

const bits: Readonly<Record<string, number>> = { 8: 8, 16: 16, 32: 32 };

/** Exactly `count` elements of the type; numbers that are finite unless NaN and its kin are asked for. */
function dataOf(datatype: Datatype, count: number, onlyFinite: boolean): fc.Arbitrary<TensorData> {
  const many = <T>(element: fc.Arbitrary<T>) => fc.array(element, { minLength: count, maxLength: count });
  const finite = onlyFinite ? { noNaN: true, noDefaultInfinity: true } : {};
  switch (datatype) {
    case 'BYTES':
      return many(fc.string({ unit: 'grapheme', maxLength: 12 }));
    case 'BOOL':
      return many(fc.nat(1)).map((data) => Uint8Array.from(data));
    case 'FP16':
      return many(fc.nat(0xffff)).map((data) => Uint16Array.from(data));
    case 'FP32':
      return many(fc.float(finite)).map((data) => Float32Array.from(data));
    case 'FP64':
      return many(fc.double(finite)).map((data) => Float64Array.from(data));
    case 'INT64':
      return many(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map((data) => BigInt64Array.from(data));
    case 'UINT64':
      return many(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map((data) => BigUint64Array.from(data));
    default: {
      const width = bits[datatype.replace(/\D/g, '')] as number;
      const [min, max] = datatype.startsWith('U') ? [0, 2 ** width - 1] : [-(2 ** (width - 1)), 2 ** (width - 1) - 1];
      return many(fc.integer({ min, max })).map((data) => numericArrays[datatype].from(data));
    }
  }
}

const aShape = fc.array(fc.nat(3), { maxLength: 4 });

export function aTensor(only: readonly Datatype[] = datatypes, { onlyFinite = true } = {}): fc.Arbitrary<Tensor> {
  return fc
    .record({ name: fc.string({ maxLength: 8 }), datatype: fc.constantFrom(...only), shape: aShape })
    .chain((head) => dataOf(head.datatype, elementCount(head.shape), onlyFinite).map((data) => ({ ...head, data })));
}

export const jsonTypes: readonly Datatype[] = datatypes.filter((datatype) => datatype !== 'FP16');

export function tensorsOf(tensor: fc.Arbitrary<Tensor>): fc.Arbitrary<Tensor[]> {
  return fc.uniqueArray(tensor, { maxLength: 3, selector: ({ name }) => name });
}
