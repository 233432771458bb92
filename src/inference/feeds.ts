import type { TensorDatatype } from '../model-registry/model-version';
import type { TensorData } from '../open-inference/tensor';
import { numberToHalf } from '../tensor/half-float';
import type { RowPlan } from './model-plan';
import type { TabularInput } from './tabular-inputs';
import type { Cell } from './tabular-row';
import type { PreparedRow } from './version-runner';
import type { WireTensor } from './worker-protocol';
import type { JobBody } from './worker-seat';

/** What a worker has to do for these rows, which are all of the kind that the model takes. */
export function jobOf(input: RowPlan, rows: readonly PreparedRow[]): JobBody {
  if (input.kind === 'image') return { kind: 'images', images: rows.flatMap((row) => (row.kind === 'image' ? [row.image] : [])) };
  const cells = rows.flatMap((row) => (row.kind === 'tabular' ? [row.row.cells] : []));
  return { kind: 'tensors', rows: rows.length, tensors: tabularTensors(input.inputs, cells) };
}

/** The input tensors of a batch of rows; the cells of a row are in the order of the features of all inputs together. */
export function tabularTensors(inputs: readonly TabularInput[], rows: readonly (readonly Cell[])[]): readonly WireTensor[] {
  let first = 0;
  return inputs.map(({ signature, features }) => {
    const columns = features.length;
    const from = first;
    first += columns;
    const shape = signature.shape.length === 0 ? [] : signature.shape.length === 1 ? [rows.length] : [rows.length, columns];
    return { name: signature.name, datatype: signature.datatype, shape, data: toTensorData(signature.datatype, rows, from, columns) };
  });
}

const arrays = {
  FP32: Float32Array,
  FP64: Float64Array,
  INT32: Int32Array,
  UINT32: Uint32Array,
  INT16: Int16Array,
  UINT16: Uint16Array,
  INT8: Int8Array,
  UINT8: Uint8Array,
  BOOL: Uint8Array,
} as const;
const wideArrays = { INT64: BigInt64Array, UINT64: BigUint64Array } as const;

/** Columns `from` to `from + columns` of all rows, row after row. Each prediction comes by here: nothing is made but the tensor. */
function toTensorData(datatype: TensorDatatype, rows: readonly (readonly Cell[])[], from: number, columns: number): TensorData {
  if (datatype === 'BYTES') return rows.flatMap((row) => row.slice(from, from + columns) as string[]);
  if (datatype === 'INT64' || datatype === 'UINT64') {
    const data = new wideArrays[datatype](rows.length * columns);
    fill(rows, from, columns, (cell, index) => {
      data[index] = cell as bigint;
    });
    return data;
  }
  if (datatype === 'FP16') {
    const data = new Uint16Array(rows.length * columns);
    fill(rows, from, columns, (cell, index) => {
      data[index] = numberToHalf(Number(cell));
    });
    return data;
  }
  const data = new arrays[datatype](rows.length * columns);
  fill(rows, from, columns, (cell, index) => {
    data[index] = Number(cell);
  });
  return data;
}

function fill(rows: readonly (readonly Cell[])[], from: number, columns: number, set: (cell: Cell, index: number) => void): void {
  let index = 0;
  for (const row of rows) for (let column = from; column < from + columns; column++) set(row[column] as Cell, index++);
}
