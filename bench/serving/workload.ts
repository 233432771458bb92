import type { BenchModel } from './bench-model';

/** What one request asks, and what is right to answer. */
export type Sample =
  | { readonly kind: 'image'; readonly name: string; readonly bytes: Buffer; readonly answer: RightAnswer }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly number[])[]; readonly answers: readonly RightAnswer[] }
  | { readonly kind: 'trivial' };

/** A class of a classifier, or the value of a regression. */
export type RightAnswer = { readonly predictedClass: number } | { readonly value: number };

export interface Workload {
  readonly name: 'image224' | 'image640' | 'tabular' | 'tabular-batch' | 'trivial';
  /** For the reader. */
  readonly title: string;
  /** Null: the request predicts nothing. */
  readonly model: BenchModel | null;
  readonly rowsPerRequest: number;
  readonly samples: readonly Sample[];
}
