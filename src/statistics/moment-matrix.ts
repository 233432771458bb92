/**
 * Sums of products of the vector (1, v_1, .., v_p) over units: everything that means, variances, ratio metrics, CUPED and
 * post-stratification ask for, in one list of (p + 1)(p + 2) / 2 numbers. Two matrices of disjoint units merge by addition, so days, shards
 * and replicas combine in any order. For a metric the vector is (1, M, D, X_1, .., X_k): numerator, denominator (1 for a mean), covariates;
 * k may be 0.
 *
 * `packed` is the lower triangle row by row: n; sum v_1, sum v_1^2; sum v_2, sum v_2 v_1, sum v_2^2; .. The sum of products of positions i
 * >= j is at i (i + 1) / 2 + j, position 0 being the constant 1. Another covariate therefore appends numbers and moves none.
 *
 * Error bound: with e the relative rounding of the sums (2^-53 for exact integers, about n 2^-53 at the very worst, near sqrt(n) 2^-53 in
 * practice), a covariance is off by at most about (e + 2^-52) (|S_ij| + |S_i S_j| / n) / (n - 1): nine digits are left of a variance at a
 * mean of 1,000 standard deviations. Covariates should be centred by a constant before they come in when theirs is larger than that.
 *
 * @example MomentMatrix.of([[1, 1], [3, 1]]).variance(1); // 2
 */
export class MomentMatrix {
  private constructor(
    /** p: how many numbers a unit brings, the constant not counted. */
    readonly variables: number,
    readonly packed: readonly number[],
  ) {}

  /** No units yet. @throws RangeError unless variables is a whole number of at least 1. */
  static empty(variables: number): MomentMatrix {
    if (!Number.isInteger(variables) || variables < 1) throw new RangeError(`A unit must bring at least one number, not ${variables}.`);
    return new MomentMatrix(variables, new Array<number>(packedLength(variables)).fill(0));
  }

  /**
   * The matrix of these units, each (v_1, .., v_p).
   *
   * @throws RangeError when there is no unit to tell p, the units differ in length or a value is not finite.
   */
  static of(units: readonly (readonly number[])[]): MomentMatrix {
    const [first] = units;
    if (first === undefined) throw new RangeError('Without a unit the number of variables is unknown; use MomentMatrix.empty.');
    const { variables, packed } = MomentMatrix.empty(first.length);
    const sums = [...packed];
    for (const unit of units) accumulate(sums, requireUnit(unit, variables), 1);
    return new MomentMatrix(variables, sums);
  }

  /** What `packed` stored. @throws RangeError when the length belongs to no p, a sum is not finite or n is not a count. */
  static fromPacked(packed: readonly number[]): MomentMatrix {
    const variables = Math.round((Math.sqrt(8 * packed.length + 1) - 3) / 2);
    if (variables < 1 || packedLength(variables) !== packed.length) {
      throw new RangeError(`${packed.length} numbers are not the lower triangle of a matrix of moments.`);
    }
    if (!packed.every(Number.isFinite)) throw new RangeError('Every sum must be a finite number.');
    const [units] = packed as [number];
    if (!Number.isInteger(units) || units < 0) {
      throw new RangeError(`The number of units must be a whole number of at least 0, not ${units}.`);
    }
    return new MomentMatrix(variables, [...packed]);
  }

  /** n. */
  get units(): number {
    return this.packed[0] as number;
  }

  /** With one more unit. @throws RangeError as `of`. */
  add(unit: readonly number[]): MomentMatrix {
    const sums = [...this.packed];
    accumulate(sums, requireUnit(unit, this.variables), 1);
    return new MomentMatrix(this.variables, sums);
  }

  /**
   * Without a unit that was added with exactly these values, as when it gets new ones.
   *
   * @throws RangeError as `of`, and when there are no units.
   */
  subtract(unit: readonly number[]): MomentMatrix {
    if (this.units < 1) throw new RangeError('There is no unit to subtract.');
    const sums = [...this.packed];
    accumulate(sums, requireUnit(unit, this.variables), -1);
    return new MomentMatrix(this.variables, sums);
  }

  /** The units of both; they must be different units. @throws RangeError when the two have different variables. */
  merge(other: MomentMatrix): MomentMatrix {
    if (other.variables !== this.variables) {
      throw new RangeError(`A matrix of ${this.variables} variables does not merge with one of ${other.variables}.`);
    }
    return new MomentMatrix(
      this.variables,
      this.packed.map((sum, position) => sum + (other.packed[position] as number)),
    );
  }

  /** Sum over units of v_i v_j, where v_0 = 1. @throws RangeError when a position is outside 0..p. */
  sumOfProducts(i: number, j: number): number {
    this.#requirePosition(i);
    this.#requirePosition(j);
    const [row, column] = i >= j ? [i, j] : [j, i];
    return this.packed[(row * (row + 1)) / 2 + column] as number;
  }

  /** @throws RangeError without units, or when the position is outside 0..p. */
  mean(i: number): number {
    if (this.units === 0) throw new RangeError('There is no mean without units.');
    return this.sumOfProducts(i, 0) / this.units;
  }

  /** With the divisor n - 1; what rounding leaves below 0 is 0. @throws RangeError as `covariance`. */
  variance(i: number): number {
    return Math.max(0, this.covariance(i, i));
  }

  /** With the divisor n - 1. @throws RangeError with fewer than two units, or when a position is outside 0..p. */
  covariance(i: number, j: number): number {
    if (this.units < 2) throw new RangeError('There is no covariance of fewer than two units.');
    const products = this.sumOfProducts(i, j);
    if (i === 0 || j === 0) return 0;
    return (products - (this.sumOfProducts(i, 0) * this.sumOfProducts(j, 0)) / this.units) / (this.units - 1);
  }

  #requirePosition(position: number): void {
    if (!Number.isInteger(position) || position < 0 || position > this.variables) {
      throw new RangeError(`The position must be a whole number from 0 to ${this.variables}, not ${position}.`);
    }
  }
}

function packedLength(variables: number): number {
  return ((variables + 1) * (variables + 2)) / 2;
}

function accumulate(sums: number[], unit: readonly number[], sign: 1 | -1): void {
  let position = 0;
  for (let row = 0; row <= unit.length; row++) {
    const left = row === 0 ? 1 : (unit[row - 1] as number);
    for (let column = 0; column <= row; column++, position++) {
      const right = column === 0 ? 1 : (unit[column - 1] as number);
      sums[position] = (sums[position] as number) + sign * left * right;
    }
  }
}

function requireUnit(unit: readonly number[], variables: number): readonly number[] {
  if (unit.length !== variables) throw new RangeError(`A unit must bring ${variables} numbers, not ${unit.length}.`);
  if (!unit.every(Number.isFinite)) throw new RangeError('Every value of a unit must be a finite number.');
  return unit;
}
