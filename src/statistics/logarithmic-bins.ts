/** A value as [lower, upper] knows it. */
export interface BinEdges {
  readonly lower: number;
  readonly upper: number;
}

/** From one edge to the next. */
export const binRatio = 1.01;

/** Values closer to 0 than this count as 0. */
const least = 1e-9;
const stride = Math.log(binRatio);
/** It begins at 1.7e299 and ends at the largest number that there is: the edges of later ones could not be computed. */
const lastBin = 71_329;

/**
 * The number of a value's bin. Bins are 1% wide at any size and their numbers rise with the values: bin 0 is (-1e-9, 1e-9), bin b > 0 is
 * [1e-9 x 1.01^(b - 1), 1e-9 x 1.01^b), and bin -b is its mirror image. The middle of a bin is within 0.5% of every value in it (within
 * 1e-9 in bin 0), so a quantile that is read from counts by bin is, too. From 1 microsecond to 1 hour, in milliseconds, there are 2,211 of them.
 *
 * Values from 1.7e299 on share the last bin.
 *
 * The edges are those of `binEdges`, to the last bit: a value is never outside the bin that it is counted in.
 *
 * @throws RangeError when the value is not finite.
 * @example logarithmicBin(12.5); // 2337
 */
export function logarithmicBin(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`Only finite numbers have a bin, not ${value}.`);
  const size = Math.abs(value);
  if (size < least) return 0;
  let bin = Math.min(lastBin, Math.floor((Math.log(size) - Math.log(least)) / stride) + 1);
  // The logarithm can round across an edge.
  while (size < edgeAbove(bin - 1)) bin--;
  while (bin < lastBin && size >= edgeAbove(bin)) bin++;
  return value > 0 ? bin : -bin;
}

/**
 * The values that a bin holds: from `lower` to `upper`.
 *
 * @example binEdges(1); // { lower: 1e-9, upper: 1.01e-9 }
 */
export function binEdges(bin: number): BinEdges {
  if (bin === 0) return { lower: -least, upper: least };
  const [inner, outer] = [edgeAbove(Math.abs(bin) - 1), Math.abs(bin) >= lastBin ? Number.MAX_VALUE : edgeAbove(Math.abs(bin))];
  return bin > 0 ? { lower: inner, upper: outer } : { lower: -outer, upper: -inner };
}

/** Within 0.5% of every value in the bin. */
export function binMiddle(bin: number): number {
  const { lower, upper } = binEdges(bin);
  return lower / 2 + upper / 2;
}

function edgeAbove(bin: number): number {
  return least * binRatio ** bin;
}
