/**
 * Where a version is in its life, and what exists there: only a READY one has something that answers. While a READY one is loaded again it stays
 * READY: what served goes on serving until the new one is warm, or for good when the new one fails.
 *
 *   LOADING -> READY, FAILED, UNLOADED          READY -> READY, DRAINING
 *   FAILED  -> LOADING, UNLOADED                DRAINING -> UNLOADED -> LOADING
 */
export type VersionLife<Loaded> =
  | { readonly state: 'LOADING' }
  /** `reloadError`: why the files as they are now could not take over; null: what serves is what lies in the folder, as far as is known. */
  | { readonly state: 'READY'; readonly loaded: Loaded; readonly loadedAt: Date; readonly reloadError: string | null }
  | { readonly state: 'DRAINING' }
  | { readonly state: 'FAILED'; readonly error: string }
  | { readonly state: 'UNLOADED' };

export type LifeEvent<Loaded> =
  | { readonly type: 'loading' }
  | { readonly type: 'loaded'; readonly loaded: Loaded; readonly at: Date }
  | { readonly type: 'failed'; readonly error: string }
  | { readonly type: 'unloading' }
  | { readonly type: 'unloaded' };

/** The life after an event. @throws Error for an event that cannot happen there: a mistake of the caller. */
export function nextLife<Loaded>(life: VersionLife<Loaded>, event: LifeEvent<Loaded>): VersionLife<Loaded> {
  switch (event.type) {
    case 'loading':
      if (life.state === 'READY') return life;
      if (life.state !== 'DRAINING') return { state: 'LOADING' };
      break;
    case 'loaded':
      if (life.state === 'LOADING' || life.state === 'READY')
        return { state: 'READY', loaded: event.loaded, loadedAt: event.at, reloadError: null };
      break;
    case 'failed':
      if (life.state === 'READY') return { ...life, reloadError: event.error };
      if (life.state === 'LOADING') return { state: 'FAILED', error: event.error };
      break;
    case 'unloading':
      if (life.state === 'READY') return { state: 'DRAINING' };
      if (life.state === 'FAILED' || life.state === 'LOADING') return { state: 'UNLOADED' };
      break;
    case 'unloaded':
      if (life.state === 'DRAINING') return { state: 'UNLOADED' };
      break;
  }
  throw new Error(`A version that is ${life.state} cannot be "${event.type}".`);
}
