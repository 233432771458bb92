/** A look at a few units would flatten all that came after it, so it runs out of the picture. */
export function rangeOf(points) {
  const recent = points.slice(Math.floor(points.length / 2));
  const ends = recent.flatMap(({ lower, upper, estimate }) => [lower, upper, estimate]);
  const [lowest, highest] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const room = (highest - lowest || 1) * 0.06;
  return [lowest - room, highest + room];
}

/** Round numbers, equally far apart, zero among them, two to six of them: 1, 2 or 5 times a power of ten. */
export function ticks(lowest, highest) {
  const raw = (highest - lowest) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((one) => one >= raw);
  const first = Math.ceil(lowest / step);
  return Array.from({ length: Math.floor(highest / step) - first + 1 }, (_, index) => (first + index) * step);
}

/** Where labels stand that are wanted at `places`, from top to bottom, so that each has `gap` for itself and none is below `floor`. */
export function spread(places, gap, floor) {
  const put = [...places];
  for (let i = 1; i < put.length; i += 1) put[i] = Math.max(put[i], put[i - 1] + gap);
  for (let i = put.length - 1, most = floor; i >= 0; i -= 1, most = put[i + 1] - gap) put[i] = Math.min(put[i], most);
  return put;
}
