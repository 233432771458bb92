/** Random bytes, taken from the system `poolBytes` at a time: each call to it costs as much as a hundred ids. */
export function randomPool(randomBytes: (count: number) => Uint8Array, poolBytes = 4096): (count: number) => Uint8Array {
  let pool: Uint8Array = new Uint8Array(0);
  let used = 0;
  return (count) => {
    if (count > poolBytes) return randomBytes(count);
    if (used + count > pool.length) {
      pool = randomBytes(poolBytes);
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  };
}
