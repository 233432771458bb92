/**
 * Latencies in logarithmic buckets, like an HDR histogram: every quantile is within 1% of the true one, from 10 us to 10 minutes, in a
 * fixed 14 kB however many are counted.
 */
const lowestMs = 0.01;
const ratio = 1.01;
const bucketCount = 1802;
const perLog = 1 / Math.log(ratio);

export class LatencyLog {
  readonly #counts = new Float64Array(bucketCount);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(latencyMs: number): void {
    const bucket = latencyMs > lowestMs ? Math.min(bucketCount - 1, Math.ceil(Math.log(latencyMs / lowestMs) * perLog)) : 0;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count++;
  }

  /** The smallest latency that a share `q` of all does not exceed (the middle of its bucket); null when nothing was counted. */
  quantileMs(q: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    let bucket = 0;
    for (; bucket < bucketCount - 1; bucket++) {
      seen += this.#counts[bucket] as number;
      if (seen >= rank) break;
    }
    return lowestMs * ratio ** (bucket - 0.5);
  }
}
