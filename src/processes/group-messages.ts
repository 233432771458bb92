/** What crosses between the primary and a serving process, as JSON. `Task` is what the process is to do: only the two roots know its form. */

export type ToServingProcess<Task> =
  /** The first one: serve. */
  | { readonly kind: 'serve'; readonly task: Task }
  /** With the socket of a connection that nobody has read from. */
  | { readonly kind: 'connection' }
  /** After `closing`: no connection follows. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'metrics'; readonly askId: number }
  /** Drain and end. */
  | { readonly kind: 'stop' };

export type FromServingProcess =
  | { readonly kind: 'ready' }
  /** It ends now, since it cannot start: sentences for the operator. */
  | { readonly kind: 'failed'; readonly sentences: readonly string[] }
  /** The connection given longest ago is its own now. */
  | { readonly kind: 'taken' }
  /** One of its connections has ended. */
  | { readonly kind: 'ended' }
  /** It wants no more connections. */
  | { readonly kind: 'closing' }
  /** Null: they could not be read. */
  | { readonly kind: 'metrics'; readonly askId: number; readonly metrics: readonly object[] | null };
