import type { TensorDatatype } from '../model-registry/model-version';
import type { TensorData } from '../open-inference/tensor';
import type { TabularInput } from './model-plan';
import type { Cell } from './tabular-row';
import type { WireTensor } from './worker-protocol';

/** The input tensors of a batch of rows; the cells of a row are in the order of the features of all inputs together. */
export function tabularTensors(inputs: readonly TabularInput[], rows: readonly (readonly Cell[])[]): readonly WireTensor[] {
  let first = 0;
  return inputs.map(({ signature, features }) => {
    const columns = features.length;
    const from = first;
    first += columns;
    const cells = rows.flatMap((row) => row.slice(from, from + columns));
    const shape = signature.shape.length === 0 ? [] : signature.shape.length === 1 ? [rows.length] : [rows.length, columns];
    return { name: signature.name, datatype: signature.datatype, shape, data: toTensorData(signature.datatype, cells) };
  });
}

function toTensorData(datatype: TensorDatatype, cells: readonly Cell[]): TensorData {
  const numbers = () => cells.map(Number);
  const integers = () => cells as readonly bigint[];
  switch (datatype) {
    case 'FP32':
      return Float32Array.from(numbers());
    case 'FP64':
      return Float64Array.from(numbers());
    case 'INT64':
      return BigInt64Array.from(integers());
    case 'UINT64':
      return BigUint64Array.from(integers());
    case 'INT32':
      return Int32Array.from(numbers());
    case 'UINT32':
      return Uint32Array.from(numbers());
    case 'INT16':
      return Int16Array.from(numbers());
    case 'UINT16':
      return Uint16Array.from(numbers());
    case 'INT8':
      return Int8Array.from(numbers());
    case 'UINT8':
    case 'BOOL':
      return Uint8Array.from(numbers());
    case 'BYTES':
      return cells as readonly string[];
    case 'FP16':
      throw new RangeError('float16 features are refused when the model is loaded');
  }
}
