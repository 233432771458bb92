import { AppError } from '../errors';
import type { TensorSignature } from '../model-registry/model-version';
import type { Tensor } from '../open-inference/tensor';

/**
 * How many rows these tensors are: their first dimension.
 * @throws AppError INVALID_INPUT when they are not what the model takes: the runtime's own words for that help nobody.
 */
export function countRows(signatures: readonly TensorSignature[], fixedBatchSize: number | null, inputs: readonly Tensor[]): number {
  const known = signatures.map(({ name }) => `"${name}"`).join(', ');
  const unknown = inputs.find(({ name }) => !signatures.some((signature) => signature.name === name));
  // As JSON: an unknown name may hold what cannot be stored, and the sentence is recorded.
  if (unknown) throw refusal(unknown.name, `The model has no input ${JSON.stringify(unknown.name)}. Its inputs: ${known}.`);
  const missing = signatures.find(({ name }) => !inputs.some((input) => input.name === name));
  if (missing) throw refusal(missing.name, `Input "${missing.name}" is missing. The model's inputs: ${known}.`);
  for (const signature of signatures) checkTensor(signature, fixedBatchSize, inputs.find(({ name }) => name === signature.name) as Tensor);
  const rows = inputs.find(({ shape }) => shape.length > 0)?.shape[0] ?? 1;
  if (fixedBatchSize === null) return rows;
  const odd = inputs.find(({ shape }) => shape.length > 0 && shape[0] !== rows);
  if (odd) throw refusal(odd.name, `Input "${odd.name}" has ${odd.shape[0]} rows, another input has ${rows}.`);
  return rows;
}

function checkTensor(signature: TensorSignature, fixedBatchSize: number | null, { datatype, shape }: Tensor): void {
  const { name } = signature;
  if (datatype !== signature.datatype) throw refusal(name, `Input "${name}" must be ${signature.datatype}, not ${datatype}.`);
  const fits =
    shape.length === signature.shape.length && shape.every((side, at) => sideFits(side, signature.shape[at] as number, at, fixedBatchSize));
  if (fits) return;
  throw refusal(name, `Input "${name}" must have the shape [${signature.shape.join(', ')}] (-1: any), not [${shape.join(', ')}].`);
}

/** A graph with a fixed batch size takes fewer rows, which are filled up, and more, in turn. An open side may be empty, but not that of the rows. */
function sideFits(side: number, wanted: number, at: number, fixedBatchSize: number | null): boolean {
  if (at === 0) return side > 0 && (wanted === -1 || side === wanted || fixedBatchSize !== null);
  return wanted === -1 || side === wanted;
}

function refusal(tensor: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, { details: { tensor } });
}
