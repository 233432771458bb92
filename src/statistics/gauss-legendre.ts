export interface QuadratureRule {
  /** On -1..1, rising. */
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The Gauss-Legendre rule with n points: exact for polynomials of degree 2 n - 1 on -1..1. Newton on the Legendre polynomial from the
 * approximation cos(pi (k - 1/4) / (n + 1/2)); DLMF 3.5.19 and 18.16. Absolute error of nodes and weights below 1e-15 up to n = 100.
 *
 * @throws RangeError unless points is a whole number of at least 1.
 * @example gaussLegendre(2).nodes; // [-0.5773502691896257, 0.5773502691896257]
 */
export function gaussLegendre(points: number): QuadratureRule {
  if (!Number.isInteger(points) || points < 1) throw new RangeError(`A rule needs at least 1 point, not ${points}.`);
  const nodes = new Float64Array(points);
  const weights = new Float64Array(points);
  for (let k = 0; k < points; k++) {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (points + 0.5));
    for (let step = 0; step < 10; step++) {
      const { value, slope } = legendre(points, x);
      x -= value / slope;
    }
    nodes[k] = x;
    weights[k] = 2 / ((1 - x * x) * legendre(points, x).slope ** 2);
  }
  return { nodes, weights };
}

/** P_n(x) by (k + 1) P_(k+1) = (2 k + 1) x P_k - k P_(k-1), and its derivative. */
function legendre(degree: number, x: number): { readonly value: number; readonly slope: number } {
  let before = 1;
  let value = x;
  for (let k = 1; k < degree; k++) [before, value] = [value, ((2 * k + 1) * x * value - k * before) / (k + 1)];
  return { value, slope: (degree * (x * value - before)) / (x * x - 1) };
}
