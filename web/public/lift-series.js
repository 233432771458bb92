import { request } from './connection.js';

const seriesQuery = `query ($key: String!, $metric: String!, $variant: String!) { experiment(key: $key) { startedAt stoppedAt
  series(metric: $metric, variant: $variant, maxPoints: 120) {
    at absoluteLift { estimate lower upper runningLower runningUpper } } } }`;
const freshMs = 5_000;
/** For so long after the end of an experiment its last look may still be on the way. */
const settlingMs = 60_000;
const nothing = { points: [], startedAt: null, stoppedAt: null };

/** The stored looks at the primary metric of one experiment, by treatment; asked for again when they are old and the experiment goes on. */
export class LiftSeries {
  #key;
  #known = new Map();

  constructor(key) {
    this.#key = key;
  }

  /** What is known of a treatment, with the present result as its newest point; null: nothing that could be drawn. */
  of(metric, { variant, absoluteLift, contradictions }, asOf) {
    const known = this.#known.get(variant) ?? { ...nothing, askedAt: 0 };
    const isOver = known.stoppedAt !== null && known.askedAt > known.stoppedAt + settlingMs;
    if (!isOver && known.askedAt + freshMs < Date.now()) this.#ask(metric, variant, known);
    if (known.startedAt === null || !absoluteLift) return null;
    const { points, startedAt, stoppedAt } = known;
    const { estimate, lower, upper } = absoluteLift;
    const isTogether = (points.at(-1)?.runningLower ?? null) !== null && contradictions.length === 0;
    const running = isTogether ? { runningLower: lower, runningUpper: upper } : { runningLower: null, runningUpper: null };
    const at = Math.max(stoppedAt ?? asOf, points.at(-1)?.at ?? startedAt);
    return { startedAt, points: [...points, { at, estimate, lower, upper, ...running }] };
  }

  #ask(metric, variant, known) {
    this.#known.set(variant, { ...known, askedAt: Date.now() });
    request(seriesQuery, { key: this.#key, metric, variant })
      .then(({ experiment: { startedAt, stoppedAt, series } }) => {
        const points = series.flatMap(({ at, absoluteLift }) => (absoluteLift ? [{ at: Date.parse(at), ...absoluteLift }] : []));
        const times = { startedAt: startedAt && Date.parse(startedAt), stoppedAt: stoppedAt && Date.parse(stoppedAt) };
        this.#known.set(variant, { askedAt: Date.now(), points, ...times });
      })
      // The next result asks again.
      .catch(() => {});
  }
}
