import { type Axis, type Interpolation, type ResamplingWeights, resamplingWeights } from './resampling-weights';

const mostEntries = 64;
/** Axes of thousands of source pixels have more weights; there the pixels cost a hundred times what the weights cost. */
const mostEntryBytes = 64 * 1024;

/** The weights of the axes seen last: pictures of one camera all have the same two. */
export class WeightCache {
  readonly #known = new Map<string, ResamplingWeights>();

  get(axis: Axis, interpolation: Interpolation, pairMultiple: 1 | 2): ResamplingWeights {
    const { sourceSize, targetSize, from, count } = axis;
    const key = `${sourceSize} ${targetSize} ${from} ${count} ${interpolation} ${pairMultiple}`;
    const known = this.#known.get(key);
    if (known) return known;
    const weights = resamplingWeights(axis, interpolation, pairMultiple);
    if (weights.packed.byteLength <= mostEntryBytes) this.#keep(key, weights);
    return weights;
  }

  #keep(key: string, weights: ResamplingWeights): void {
    // A map hands out its keys in the order in which they came.
    for (const oldest of this.#known.keys()) {
      if (this.#known.size < mostEntries) break;
      this.#known.delete(oldest);
    }
    this.#known.set(key, weights);
  }
}
