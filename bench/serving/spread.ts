/** The middle of several rounds and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Null when no round gave a number. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value): value is number => Number.isFinite(value)).sort((a, b) => a - b);
  const [lowest] = sorted;
  const highest = sorted.at(-1);
  if (lowest === undefined || highest === undefined) return null;
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  return { median, lowest, highest };
}

/** Round by round, since a noisy neighbour slows all contenders of a round: the ratio of medians would mix quiet rounds with loud ones. */
export function ratioOf(numerators: readonly (number | null)[], denominators: readonly (number | null)[]): Spread | null {
  return spreadOf(
    numerators.map((numerator, round) => {
      const denominator = denominators[round] ?? null;
      return numerator === null || denominator === null || denominator === 0 ? null : numerator / denominator;
    }),
  );
}
