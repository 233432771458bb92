/** What crosses between the primary and a serving process, as JSON. `Task` is what the process is to do: only the two roots know its form. */

export type ToServingProcess<Task> =
  /** The first one: serve. */
  | { readonly kind: 'serve'; readonly task: Task }
  | { readonly kind: 'metrics'; readonly askId: number }
  /** Drain and end. */
  | { readonly kind: 'stop' };

export type FromServingProcess =
  | { readonly kind: 'ready'; readonly url: string }
  /** It ends now, since it cannot start: sentences for the operator. */
  | { readonly kind: 'failed'; readonly sentences: readonly string[] }
  | { readonly kind: 'metrics'; readonly askId: number; readonly metrics: readonly object[] };
