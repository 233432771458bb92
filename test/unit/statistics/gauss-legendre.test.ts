import { gaussLegendre } from '../../../src/statistics/gauss-legendre';

describe('gaussLegendre', () => {
  it.each([1, 2, 5, 16, 33])('with %i points is exact for polynomials up to twice as high a degree', (points) => {
    const { nodes, weights } = gaussLegendre(points);
    for (let degree = 0; degree < 2 * points; degree++) {
      const integral = nodes.reduce((sum, node, k) => sum + (weights[k] as number) * node ** degree, 0);
      expect(integral).toBeCloseTo(degree % 2 === 0 ? 2 / (degree + 1) : 0, 13);
    }
  });

  it('has rising nodes, symmetric about 0', () => {
    const { nodes } = gaussLegendre(7);
    expect([...nodes]).toEqual([...nodes].sort((one, other) => one - other));
    nodes.forEach((node, k) => {
      expect(node).toBeCloseTo(-(nodes[6 - k] as number), 15);
    });
  });

  it.each([0, 1.5, Number.NaN])('refuses %p points', (points) => {
    expect(() => gaussLegendre(points)).toThrow(RangeError);
  });
});
