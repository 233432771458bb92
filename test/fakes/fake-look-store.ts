import type { ExperimentLook, LookStore, SeriesPoint, SeriesRequest } from '../../src/experiments/look-store';

/** Keeps looks as JSON, since that is what a database hands back. `failure`, when set, fails every call. */
export class FakeLookStore implements LookStore {
  readonly #looks = new Map<string, string[]>();
  failure: Error | null = null;

  /** All of an experiment, oldest first. */
  all(experiment: string): readonly ExperimentLook[] {
    return (this.#looks.get(experiment) ?? []).map((text) => {
      const look = JSON.parse(text) as ExperimentLook;
      return { ...look, at: new Date(look.at) };
    });
  }

  async newest(experiment: string): Promise<ExperimentLook | null> {
    if (this.failure) throw this.failure;
    return this.all(experiment).at(-1) ?? null;
  }

  async append(look: ExperimentLook, after: number): Promise<boolean> {
    if (this.failure) throw this.failure;
    const before = this.all(look.experiment);
    if ((before.at(-1)?.number ?? 0) !== after || look.number <= after) return false;
    const rows = [...look.rows].sort((a, b) => compare(a.metric, b.metric) || compare(a.variant, b.variant));
    this.#looks.set(look.experiment, [...(this.#looks.get(look.experiment) ?? []), JSON.stringify({ ...look, rows })]);
    return true;
  }

  async series({ experiment, metric, variant, maxPoints }: SeriesRequest): Promise<readonly SeriesPoint[]> {
    if (this.failure) throw this.failure;
    const points = this.all(experiment).flatMap(({ number, at, rows }) =>
      rows.filter((row) => row.metric === metric && row.variant === variant).map((row) => ({ ...row, number, at })),
    );
    const [first, last] = [points[0]?.at.getTime() ?? 0, points.at(-1)?.at.getTime() ?? 0];
    const byStretch = new Map(
      points.map((point) => [Math.ceil(((point.at.getTime() - first) * (maxPoints - 1)) / Math.max(1, last - first)), point]),
    );
    return [...byStretch.values()];
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
