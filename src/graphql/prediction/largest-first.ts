/** From this many on it is as quick to sort all. */
const fewAtMost = 32;

/** The positions of the `count` largest values, the largest first; equal ones in their order. Of a thousand classes most are asked for five. */
export function largestFirst(values: readonly number[], count: number): readonly number[] {
  if (count > fewAtMost) {
    return Array.from(values.keys())
      .sort((a, b) => (values[b] as number) - (values[a] as number))
      .slice(0, count);
  }
  const largest: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (largest.length === count && !(value > (values[largest[count - 1] as number] as number))) continue;
    if (largest.length === count) largest.pop();
    let place = largest.length;
    while (place > 0 && value > (values[largest[place - 1] as number] as number)) place--;
    largest.splice(place, 0, index);
  }
  return largest;
}
