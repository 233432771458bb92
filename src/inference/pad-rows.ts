import type { WireTensor } from './worker-protocol';

/** A graph with a fixed batch size gets its rows filled up by repeating the last one. @param wanted null: any number is taken. */
export function padRows(tensor: WireTensor, rows: number, wanted: number | null): WireTensor {
  if (wanted === null || wanted === rows || tensor.shape.length === 0) return tensor;
  const rowLength = tensor.data.length / rows;
  const shape = [wanted, ...tensor.shape.slice(1)];
  if (Array.isArray(tensor.data)) {
    const last = tensor.data.slice(-rowLength) as string[];
    return { ...tensor, shape, data: [...tensor.data, ...Array.from({ length: wanted - rows }, () => last).flat()] };
  }
  const source = tensor.data as Float32Array;
  const data = new (source.constructor as Float32ArrayConstructor)(wanted * rowLength);
  data.set(source);
  for (let row = rows; row < wanted; row++) data.set(source.subarray(-rowLength), row * rowLength);
  return { ...tensor, shape, data };
}
