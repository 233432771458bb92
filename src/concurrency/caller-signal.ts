/** Whether a caller is still there. The part of AbortSignal that is needed, so that an edge may give something cheaper than one. */
export interface CallerSignal {
  /** True once the caller has gone. */
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
