import { AppError } from '../errors';
import type { TensorDatatype, TensorSignature } from '../model-registry/model-version';
import { elementCount, numericArrays, type Tensor } from '../open-inference/tensor';
import { jobOf } from './feeds';
import type { FeedPlan, RowPlan } from './model-plan';
import type { GraphValue, OnnxGraph } from './onnx-graph';
import { inPlainWords } from './runtime-words';
import type { Cell } from './tabular-row';
import { numbersOf } from './tensor-features';
import { hasRows, sliceRows } from './tensor-rows';
import type { PreparedRow } from './version-runner';
import type { WorkerPool } from './worker-pool';
import { RuntimeRefusal } from './worker-seat';

/** What stands at every place of a blank row: 0 (or an empty text, or black), or 1. */
export type Filling = 0 | 1;

export interface Trial {
  /** What the graph made of one blank row; null: an open side of a raw model may not be 1, so nothing can be known before a request comes. */
  readonly outputs: readonly Tensor[] | null;
  readonly filling: Filling;
  /** False: the graph refuses two rows, or mixes them, or gives something that is not one for each. */
  readonly keepsRowsApart: boolean;
}

/** How far an output may be off when its row is computed with another: sums may be taken in another order. */
const tolerance = 1e-3;

/**
 * Runs blank rows before anything else: what the graph answers to them decides how it may be fed.
 * @throws AppError INVALID_INPUT when it does not even run with one.
 */
export async function runTrial(plan: FeedPlan, pool: Pick<WorkerPool, 'run'>): Promise<Trial> {
  const run = async (fillings: readonly Filling[]) => (await pool.run(blankJob(plan, fillings))).outputs;
  const zeros = await run([0]).catch(asRefusal);
  const ones = zeros instanceof RuntimeRefusal || takesRows(plan) ? await run([1]).catch(asRefusal) : zeros;
  const filling = zeros instanceof RuntimeRefusal ? 1 : 0;
  const outputs = filling === 1 ? ones : zeros;
  if (outputs instanceof RuntimeRefusal) {
    if (isOpen(plan)) return { outputs: null, filling: 0, keepsRowsApart: false };
    throw new AppError('INVALID_INPUT', `The model fails on a first row of zeros, and on one of ones: ${inPlainWords(outputs.message)}`, {
      cause: outputs,
    });
  }
  if (!takesRows(plan)) return { outputs, filling, keepsRowsApart: false };
  // Two different rows, where the graph takes both: a row of zeros alone could hide what another does to it.
  const second = ones instanceof RuntimeRefusal ? outputs : ones;
  const together = await run([filling, ones instanceof RuntimeRefusal ? 0 : 1]).catch(asRefusal);
  const keepsRowsApart =
    !(together instanceof RuntimeRefusal) &&
    outputs.every((one) => isKept(one, together, 0)) &&
    second.every((one) => isKept(one, together, 1));
  return { outputs, filling, keepsRowsApart };
}

/** PNG files of one pixel, black and white: of whatever size the steps make them, they stay of one colour. */
const onePixel = [
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQI12NgYGAAAAAEAAEnNCcKAAAAAElFTkSuQmCC',
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQI12P4//8/AAX+Av7czFnnAAAAAElFTkSuQmCC',
].map((text) => new Uint8Array(Buffer.from(text, 'base64'))) as [Uint8Array, Uint8Array];

export function blankRow(input: RowPlan, filling: Filling): PreparedRow {
  if (input.kind === 'image') return { kind: 'image', file: onePixel[filling] };
  const cells = input.inputs.flatMap(({ features }) => features.map(({ datatype }) => blankCell(datatype, filling)));
  return { kind: 'tabular', row: { cells, inputFeatures: {} } };
}

function blankCell(datatype: TensorDatatype, filling: Filling): Cell {
  if (datatype === 'BYTES') return blankText(filling);
  if (datatype === 'BOOL') return filling === 1;
  return datatype.startsWith('FP') ? filling : BigInt(filling);
}

/** The same graph with the shapes of its outputs as they came out for one row, where the file leaves them open. */
export function withShapes(graph: OnnxGraph, outputs: readonly Tensor[], fixedBatchSize: number | null): OnnxGraph {
  const toShape = (value: GraphValue): GraphValue => {
    const seen = outputs.find(({ name }) => name === value.name);
    const declared = value.type.kind === 'tensor' ? value.type.shape : null;
    if (!seen || (declared && declared.length !== seen.shape.length)) return value;
    const shape = seen.shape.map((side, at) => {
      const known = declared?.[at] ?? -1;
      if (known > 0 || side === 0) return known;
      return at === 0 && side === 1 ? (fixedBatchSize ?? -1) : side;
    });
    const elementType = value.type.kind === 'tensor' ? value.type.elementType : 0;
    return { ...value, type: { kind: 'tensor', datatype: seen.datatype, elementType, shape } };
  };
  return { ...graph, outputs: graph.outputs.map(toShape) };
}

export function blankJob({ input, signatures, fixedBatchSize }: FeedPlan, fillings: readonly Filling[]) {
  if (input.kind !== 'raw')
    return jobOf(
      input,
      fillings.map((filling) => blankRow(input, filling)),
    );
  const rows = fixedBatchSize === null ? 1 : fillings.length;
  const tensors = signatures.map((signature) => blankTensor(signature, fixedBatchSize === null ? null : rows, fillings));
  return { kind: 'tensors', rows, tensors } as const;
}

function blankTensor({ name, datatype, shape }: TensorSignature, rows: number | null, fillings: readonly Filling[]): Tensor {
  const sides = shape.map((side, at) => (at === 0 && rows !== null ? rows : side === -1 ? 1 : side));
  const count = elementCount(sides);
  const rowLength = count / fillings.length;
  const fillingAt = (at: number): Filling => fillings[Math.floor(at / rowLength)] ?? 0;
  if (datatype === 'BYTES')
    return { name, datatype, shape: sides, data: Array.from({ length: count }, (_, at) => blankText(fillingAt(at))) };
  const data = new numericArrays[datatype](count);
  // The bits of 1 in half precision.
  const one = datatype === 'FP16' ? 0x3c00 : data instanceof BigInt64Array || data instanceof BigUint64Array ? 1n : 1;
  for (let at = 0; at < count; at++) if (fillingAt(at) === 1) data[at] = one;
  return { name, datatype, shape: sides, data };
}

function blankText(filling: Filling): string {
  return filling === 0 ? '' : '1';
}

/** A raw model without a batch size of its own gets whole tensors. */
function takesRows({ input, fixedBatchSize }: FeedPlan): boolean {
  return fixedBatchSize !== 1 && (input.kind !== 'raw' || fixedBatchSize !== null);
}

function isOpen({ input, signatures }: FeedPlan): boolean {
  return input.kind === 'raw' && signatures.some(({ shape }) => shape.includes(-1));
}

/** True when the row stands among two as it was answered alone. */
function isKept(alone: Tensor, together: readonly Tensor[], at: 0 | 1): boolean {
  const both = together.find(({ name }) => name === alone.name);
  if (!both || !hasRows(alone, 1) || !hasRows(both, 2) || both.data.length !== 2 * alone.data.length) return false;
  const row = sliceRows(both, 2, at, at + 1);
  if (alone.datatype === 'BYTES') return (alone.data as readonly string[]).every((text, index) => text === row.data[index]);
  const [a, b] = [numbersOf(alone), numbersOf(row)];
  return a.every((value, index) => isNear(value, b[index] as number));
}

function isNear(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
}

function asRefusal(error: unknown): RuntimeRefusal {
  if (error instanceof RuntimeRefusal) return error;
  throw error;
}
