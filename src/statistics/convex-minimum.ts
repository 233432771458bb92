const goldenShare = (3 - Math.sqrt(5)) / 2;

export interface Minimum {
  readonly at: number;
  readonly value: number;
}

/**
 * The smallest value of a convex (or only unimodal) function on low..high, by Brent's method: parabolas through the three best points, golden
 * sections where they do not help; about 15 evaluations for a smooth function. Source: Brent, Algorithms for Minimization without
 * Derivatives (1973), chapter 5. The place is right to 1e-8 of high - low, the value to the last digits where the function is smooth. The ends
 * themselves are never evaluated, and may be infinite.
 *
 * @throws RangeError unless low < high.
 * @example convexMinimum((x) => (x - 1) ** 2 + 3, 0, 5).value; // 3
 */
export function convexMinimum(convex: (x: number) => number, low: number, high: number): Minimum {
  if (!(low < high)) throw new RangeError(`A minimum needs low < high, not ${low} and ${high}.`);
  const tolerance = 1e-8 * (high - low);
  let [left, right] = [low, high];
  let best: Minimum = evaluated(convex, left + goldenShare * (right - left));
  let second = best;
  let third = best;
  let move = 0;
  let moveBefore = 0;
  for (let step = 0; step < 100; step++) {
    const middle = (left + right) / 2;
    if (Math.abs(best.at - middle) <= 2 * tolerance - (right - left) / 2) break;
    const parabolic = Math.abs(moveBefore) > tolerance ? parabolaStep(best, second, third) : null;
    const isUsable = parabolic !== null && Math.abs(parabolic) < Math.abs(moveBefore) / 2 && inside(best.at + parabolic, left, right);
    moveBefore = isUsable ? move : (best.at < middle ? right : left) - best.at;
    move = isUsable ? parabolic : goldenShare * moveBefore;
    if (Math.abs(move) < tolerance) move = move < 0 ? -tolerance : tolerance;
    const next = evaluated(convex, best.at + move);
    if (next.value <= best.value) {
      if (next.at < best.at) right = best.at;
      else left = best.at;
      [third, second, best] = [second, best, next];
      continue;
    }
    if (next.at < best.at) left = next.at;
    else right = next.at;
    if (next.value <= second.value || second.at === best.at) [third, second] = [second, next];
    else if (next.value <= third.value || third.at === best.at || third.at === second.at) third = next;
  }
  return best;
}

function evaluated(convex: (x: number) => number, at: number): Minimum {
  return { at, value: convex(at) };
}

/** From the best point to the vertex of the parabola through the three; null where they have none. */
function parabolaStep(best: Minimum, second: Minimum, third: Minimum): number | null {
  const r = (best.at - second.at) * (best.value - third.value);
  const q = (best.at - third.at) * (best.value - second.value);
  const step = -((best.at - third.at) * q - (best.at - second.at) * r) / (2 * (q - r));
  return Number.isFinite(step) ? step : null;
}

function inside(x: number, left: number, right: number): boolean {
  return x > left && x < right;
}
