import type { TensorDatatype } from '../model-registry/model-version';
import { numericArrays, type TensorData } from '../open-inference/tensor';
import { numberToHalf } from '../tensor/half-float';
import type { RowPlan } from './model-plan';
import type { TabularInput } from './tabular-inputs';
import type { Cell } from './tabular-row';
import type { PreparedRow } from './version-runner';
import type { WireTensor } from './worker-protocol';
import type { JobBody } from './worker-seat';

/** What a worker has to do for these rows, which are all of the kind that the model takes. */
export function jobOf(input: RowPlan, rows: readonly PreparedRow[]): JobBody {
  if (input.kind === 'image') return { kind: 'images', files: filesOf(rows) };
  const cells = rows.flatMap((row) => (row.kind === 'tabular' ? [row.row.cells] : []));
  return { kind: 'tensors', rows: rows.length, tensors: tabularTensors(input.inputs, cells) };
}

export function filesOf(rows: readonly PreparedRow[]): readonly Uint8Array[] {
  return rows.flatMap((row) => (row.kind === 'image' ? [alone(row.file)] : []));
}

/** A message takes the whole buffer of a view along, with whatever else lies in it. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
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

/** Columns `from` to `from + columns` of all rows, row after row. Each prediction comes by here: nothing is made but the tensor. */
function toTensorData(datatype: TensorDatatype, rows: readonly (readonly Cell[])[], from: number, columns: number): TensorData {
  if (datatype === 'BYTES') return rows.flatMap((row) => row.slice(from, from + columns) as string[]);
  const data = new numericArrays[datatype](rows.length * columns);
  const element = elementOf(datatype);
  let index = 0;
  for (const row of rows) for (let column = from; column < from + columns; column++) data[index++] = element(row[column] as Cell);
  return data;
}

/** How a cell stands in the tensor. */
function elementOf(datatype: TensorDatatype): (cell: Cell) => number | bigint {
  if (datatype === 'INT64' || datatype === 'UINT64') return (cell) => cell as bigint;
  return datatype === 'FP16' ? (cell) => numberToHalf(Number(cell)) : Number;
}
