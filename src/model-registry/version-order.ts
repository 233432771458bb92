const digits = /(\d+)/;

/**
 * Orders version names as people read them: runs of digits compare as numbers ("9" before "10", "v1.9" before "v1.10"),
 * everything else by code unit. Negative: `a` is the lower version.
 */
export function compareVersions(a: string, b: string): number {
  const left = a.split(digits);
  const right = b.split(digits);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = comparePart(left[i] as string, right[i] as string, i % 2 === 1);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function comparePart(a: string, b: string, isNumber: boolean): number {
  if (a === b) return 0;
  if (isNumber) {
    const difference = BigInt(a) - BigInt(b);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return a < b ? -1 : 1;
}
