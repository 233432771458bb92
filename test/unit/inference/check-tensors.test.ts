import { countRows } from '../../../src/inference/check-tensors';
import type { TensorSignature } from '../../../src/model-registry/model-version';

const x: TensorSignature = { name: 'x', datatype: 'FP32', shape: [-1, 2] };
const y: TensorSignature = { name: 'y', datatype: 'FP32', shape: [-1] };
const tensor = (shape: readonly number[], more: object = {}) => ({
  name: 'x',
  datatype: 'FP32' as const,
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  ...more,
});

describe('countRows', () => {
  it('counts the first dimension', () => {
    expect(countRows([x], null, [tensor([5, 2])])).toBe(5);
    expect(countRows([{ ...x, shape: [3, 2] }], 3, [tensor([2, 2])])).toBe(2);
    expect(countRows([{ ...x, shape: [3, 2] }], 3, [tensor([4, 2])])).toBe(4);
    expect(countRows([{ ...x, shape: [-1, -1] }], null, [tensor([1, 0])])).toBe(1);
    expect(countRows([{ ...x, shape: [] }], null, [tensor([])])).toBe(1);
  });

  it.each([
    ['another name', [x], null, [tensor([1, 2], { name: 'z' })], /no input "z".*"x"/],
    ['a missing one', [x, y], null, [tensor([1, 2])], /"y" is missing/],
    ['another type', [x], null, [tensor([1, 2], { datatype: 'FP64' })], /must be FP32, not FP64/],
    ['another width', [x], null, [tensor([1, 3])], /shape \[-1, 2\].*not \[1, 3\]/],
    ['another rank', [x], null, [tensor([2])], /not \[2\]/],
    ['no rows', [x], null, [tensor([0, 2])], /not \[0, 2\]/],
    [
      'inputs of different rows in a fixed batch',
      [{ ...x, shape: [3, 2] }, y],
      3,
      [tensor([2, 2]), tensor([1], { name: 'y' })],
      /1 rows.*2/,
    ],
  ])('refuses %s', (_, signatures, fixed, inputs, sentence) => {
    expect(() => countRows(signatures, fixed, inputs)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(sentence) }),
    );
  });
});
