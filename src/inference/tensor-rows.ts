import { isTexts } from '../open-inference/json-data';
import type { Tensor, TensorData } from '../open-inference/tensor';

/*
 * Rows are what lies along the first dimension of a tensor. A tensor whose first dimension is not that of the rows has none, and is
 * passed on whole.
 */

export function hasRows({ shape }: Tensor, rows: number): boolean {
  return shape.length > 0 && shape[0] === rows;
}

/** A copy of the rows from `from` up to `to`, of a tensor of so many rows. */
export function sliceRows(tensor: Tensor, rows: number, from: number, to: number): Tensor {
  if (!hasRows(tensor, rows)) return tensor;
  const { shape, data } = tensor;
  const rowLength = data.length / rows;
  return { ...tensor, shape: [to - from, ...shape.slice(1)], data: data.slice(from * rowLength, to * rowLength) as TensorData };
}

/** What one row got of the outputs of a batch. */
export function rowOutputs(outputs: readonly Tensor[], rows: number, row: number): readonly Tensor[] {
  return rows === 1 ? outputs : outputs.map((output) => sliceRows(output, rows, row, row + 1));
}

/** Filled up to the rows that a graph of a fixed batch size wants, by repeating the last one. */
export function padRows(tensor: Tensor, rows: number, wanted: number | null): Tensor {
  if (wanted === null || wanted === rows || !hasRows(tensor, rows)) return tensor;
  const last = sliceRows(tensor, rows, rows - 1, rows);
  return joinRows([tensor, ...Array.from({ length: wanted - rows }, () => last)]);
}

/** What was filled up is cut off. */
export function trimRows(tensor: Tensor, rows: number, padded: number | null): Tensor {
  return padded === null || padded === rows ? tensor : sliceRows(tensor, padded, 0, rows);
}

/** The rows of all parts below each other; the parts are of one name, type and row. */
export function joinRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts as readonly [Tensor, ...Tensor[]];
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  return { ...first, shape: [rows, ...first.shape.slice(1)], data: joined(parts.map(({ data }) => data)) };
}

function joined(parts: readonly TensorData[]): TensorData {
  const [first] = parts as readonly [TensorData, ...TensorData[]];
  if (isTexts(first)) return (parts as readonly (readonly string[])[]).flat();
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // All of one kind, which the compiler cannot know.
  const data = new (first.constructor as Float32ArrayConstructor)(length);
  let at = 0;
  for (const part of parts) {
    data.set(part as Float32Array, at);
    at += part.length;
  }
  return data;
}
