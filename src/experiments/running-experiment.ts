import type { ExperimentStore } from './experiment-store';

/** Tells which experiment sends traffic to a version, as the end of a sentence; null: none. */
export function runningExperiment(store: Pick<ExperimentStore, 'list'>): (model: string, version: string) => Promise<string | null> {
  return async (model, version) => {
    const running = await store.list({ model, status: 'RUNNING' });
    const user = running.find(({ variants }) => variants.some((variant) => variant.version === version));
    return user ? `experiment "${user.key}" is RUNNING on it; pause or stop that first` : null;
  };
}
