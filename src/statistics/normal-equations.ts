/** Why a variable was left out: it does not vary, or the variables before it already say all that it says. */
export type DropReason = 'CONSTANT' | 'COLLINEAR';

export interface DroppedVariable {
  /** Position in the matrix. */
  readonly variable: number;
  readonly reason: DropReason;
}

export interface NormalEquationsSolution {
  /** One column of coefficients for each right-hand side, in the order of the variables; 0 for those that were dropped. */
  readonly coefficients: readonly (readonly number[])[];
  readonly dropped: readonly DroppedVariable[];
}

/** A variable whose share of variance not explained by those before it is at most this adds nothing but rounding. */
const collinearShare = 1e-10;

/**
 * Solves G b = r for a symmetric positive semi-definite G (the normal equations of least squares) by Cholesky, L L' = G, for several r at
 * once. A variable that is constant or a combination of the ones before it is dropped, gets the coefficient 0, and the others are solved
 * without it: the fitted values are the same, and nothing explodes.
 *
 * Error bound: relative error of a coefficient about k 2^-52 times the condition number of G scaled to a diagonal of 1; dropping keeps that
 * below 1e10, so at least five digits are right in the worst case that is solved, and 14 for variables that are not related.
 *
 * @param matrix G, k rows of k. @param rightHandSides each of length k. @param floors variable i with G_ii at most this counts as constant;
 * 0 unless the caller knows the rounding of G.
 * @throws RangeError when the sizes do not fit or a number is not finite.
 * @example solveNormalEquations([[4, 2], [2, 3]], [[2, 5]]).coefficients; // [[-0.5, 2]] but for rounding
 */
export function solveNormalEquations(
  matrix: readonly (readonly number[])[],
  rightHandSides: readonly (readonly number[])[],
  floors: readonly number[] = matrix.map(() => 0),
): NormalEquationsSolution {
  requireSizes(matrix, rightHandSides, floors);
  const { rows, dropped } = factor(matrix, floors);
  return { coefficients: rightHandSides.map((right) => substitute(rows, right)), dropped };
}

/** Rows of L, null where the variable was dropped; a dropped variable is 0 in the rows after it. */
function factor(matrix: readonly (readonly number[])[], floors: readonly number[]) {
  const rows: (number[] | null)[] = [];
  const dropped: DroppedVariable[] = [];
  matrix.forEach((entries, variable) => {
    const row: number[] = [];
    for (let column = 0; column < variable; column++) {
      const above = rows[column] ?? null;
      row.push(above === null ? 0 : ((entries[column] as number) - dot(row, above, column)) / (above[column] as number));
    }
    const own = entries[variable] as number;
    const rest = own - dot(row, row, variable);
    const reason = reasonToDrop(own, rest, floors[variable] as number);
    if (reason !== null) dropped.push({ variable, reason });
    rows.push(reason === null ? [...row, Math.sqrt(rest)] : null);
  });
  return { rows, dropped };
}

function reasonToDrop(own: number, rest: number, floor: number): DropReason | null {
  if (!(own > Math.max(0, floor))) return 'CONSTANT';
  return rest > collinearShare * own ? null : 'COLLINEAR';
}

/** Forward through L y = r, then back through L' b = y. */
function substitute(rows: readonly (readonly number[] | null)[], right: readonly number[]): number[] {
  const solution = new Array<number>(rows.length).fill(0);
  rows.forEach((row, i) => {
    if (row !== null) solution[i] = ((right[i] as number) - dot(row, solution, i)) / (row[i] as number);
  });
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i] ?? null;
    if (row === null) continue;
    const coefficient = (solution[i] as number) / (row[i] as number);
    solution[i] = coefficient;
    for (let j = 0; j < i; j++) {
      if (rows[j] !== null) solution[j] = (solution[j] as number) - (row[j] as number) * coefficient;
    }
  }
  return solution;
}

function dot(left: readonly number[], right: readonly number[], length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (left[i] as number) * (right[i] as number);
  return sum;
}

function requireSizes(
  matrix: readonly (readonly number[])[],
  rightHandSides: readonly (readonly number[])[],
  floors: readonly number[],
): void {
  const size = matrix.length;
  if (![...matrix, ...rightHandSides, floors].every((row) => row.length === size && row.every(Number.isFinite))) {
    throw new RangeError(`Every row and every right-hand side must be ${size} finite numbers.`);
  }
}
