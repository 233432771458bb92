import type { BucketRange } from './bucket-ranges';
import type { Filter } from './filter';
import type { HashVersion } from './hash';
import { massOf, type RangeSet, splitRanges, subtractRanges, toRangeSet } from './range-set';

/**
 * Experiments that must never take the same unit, because they change the same thing. Each owns a part of 0..1, and a unit falls on one point of it.
 * Different layers have different seeds, so that their experiments are independent of each other.
 */
export interface Layer {
  readonly key: string;
  /** What each experiment owns, by its key. */
  readonly slots: Readonly<Record<string, readonly BucketRange[]>>;
  /** 2 when missing. */
  readonly hashVersion?: HashVersion;
  /** What is hashed for all experiments of the layer; the unit's id when missing. A unit without it takes part in none of them. */
  readonly attribute?: string;
}

/**
 * What is wrong with a layer, as one sentence; null when nothing is.
 *
 * @example layerProblem({ key: 'ranking', slots: { a: [[0, 0.6]], b: [[0.5, 1]] } }); // 'Layer "ranking": "b" overlaps another experiment.'
 */
export function layerProblem({ key, slots }: Layer): string | null {
  let taken: RangeSet = [];
  for (const [experiment, ranges] of Object.entries(slots)) {
    const wrong = ranges.find(([start, end]) => !(start >= 0 && start <= end && end <= 1));
    if (wrong) return `Layer "${key}": "${experiment}" has the range ${wrong[0]} to ${wrong[1]}; 0 <= start <= end <= 1 is needed.`;
    const own = toRangeSet(ranges);
    const free = subtractRanges(own, taken);
    if (massOf(free) < massOf(own)) return `Layer "${key}": "${experiment}" overlaps another experiment.`;
    taken = toRangeSet([...taken, ...own]);
  }
  return null;
}

/**
 * The ranges an experiment of this share can have, the lowest that are free; null when less is free.
 *
 * @param share share of all units, 0..1.
 * @example freeSlot({ key: 'ranking', slots: { a: [[0.2, 0.6]] } }, 0.3); // [[0, 0.2], [0.6, 0.7]]
 */
export function freeSlot({ slots }: Layer, share: number): RangeSet | null {
  const free = subtractRanges([[0, 1]], toRangeSet(Object.values(slots).flat()));
  const [taken] = splitRanges(free, share);
  return massOf(taken) < share - 1e-9 ? null : taken;
}

/**
 * An experiment's part of its layer as a filter; a client with GrowthBook's SDK that gets it decides the same.
 *
 * @throws RangeError when the layer has a problem, or no slot for the experiment.
 * @example layerFilter({ key: 'ranking', slots: { a: [[0, 0.6]] } }, 'a'); // { seed: 'layer:ranking', ranges: [[0, 0.6]] }
 */
export function layerFilter(layer: Layer, experiment: string): Filter {
  const problem = layerProblem(layer);
  if (problem !== null) throw new RangeError(problem);
  const { key, slots, ...hashed } = layer;
  const ranges = Object.hasOwn(slots, experiment) ? slots[experiment] : undefined;
  if (ranges === undefined) throw new RangeError(`Layer "${key}" has no slot for "${experiment}".`);
  return { ...hashed, seed: `layer:${key}`, ranges };
}
