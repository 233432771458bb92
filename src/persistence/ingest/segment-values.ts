import type { QueryRunner } from 'typeorm';
import { attributeOf, isOwnValue, maxSegmentValues, otherSegment, type Segment } from '../../experiments/segment';
import { textArray } from '../binary-array';
import { queryRows } from '../query-rows';

/**
 * Which values of its attributes each experiment tells apart: the first ones that came, up to a limit, so that no client can make sums without end.
 */
export class SegmentValues {
  readonly #runner: QueryRunner;
  readonly #known = new Map<string, Set<Segment>>();
  readonly #added: { readonly experiment: string; readonly segment: Segment }[] = [];

  constructor(runner: QueryRunner) {
    this.#runner = runner;
  }

  /** Makes `admit` answer for these experiments. */
  async load(experiments: Iterable<string>): Promise<void> {
    const missing = [...new Set(experiments)].filter((experiment) => !this.#known.has(experiment));
    if (missing.length === 0) return;
    for (const experiment of missing) this.#known.set(experiment, new Set());
    const rows = await queryRows<{ experiment: string; segment: Segment }>(
      this.#runner,
      'SELECT experiment, segment FROM experiment_segment WHERE experiment = ANY($1)',
      [missing],
    );
    for (const { experiment, segment } of rows) this.#known.get(experiment)?.add(segment);
  }

  admit(experiment: string, segments: readonly Segment[]): readonly Segment[] {
    return segments.map((segment) => this.#admit(experiment, segment));
  }

  #admit(experiment: string, segment: Segment): Segment {
    const known = this.#known.get(experiment) as Set<Segment>;
    if (known.has(segment)) return segment;
    const values = [...known].filter((one) => isOwnValue(one) && attributeOf(one) === attributeOf(segment)).length;
    if (isOwnValue(segment) && values >= maxSegmentValues) return this.#admit(experiment, otherSegment(segment));
    known.add(segment);
    this.#added.push({ experiment, segment });
    return segment;
  }

  async write(): Promise<void> {
    if (this.#added.length === 0) return;
    await this.#runner.query(
      'INSERT INTO experiment_segment (experiment, segment) SELECT * FROM unnest($1::text[], $2::text[]) ORDER BY 1, 2 ON CONFLICT DO NOTHING',
      [textArray(this.#added.map((one) => one.experiment)), textArray(this.#added.map((one) => one.segment))],
    );
  }
}
