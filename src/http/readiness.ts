import type { Readiness } from './http-server';

export interface ReadinessFacts {
  /** Models whose champion is not READY. */
  readonly modelsWithoutChampion: readonly string[];
  readonly journalHasRoom: boolean;
  readonly ingestLagMs: number;
  /** Since the database answered last. */
  readonly databaseSilentMs: number;
}

/** From here on the database counts as away. */
const worryingLagMs = 10_000;

/** A server that can answer something is ready; what it lacks makes it degraded. Only a full journal makes it refuse traffic. */
export function readiness({ modelsWithoutChampion, journalHasRoom, ingestLagMs, databaseSilentMs }: ReadinessFacts): Readiness {
  const missing = [
    ...modelsWithoutChampion.map((model) => `champion of ${model}`),
    ...(Math.max(ingestLagMs, databaseSilentMs) > worryingLagMs ? ['database'] : []),
    ...(journalHasRoom ? [] : ['room in the journal']),
  ];
  if (!journalHasRoom) return { status: 503, body: { status: 'journal full', missing } };
  return { status: 200, body: { status: missing.length === 0 ? 'ok' : 'degraded', missing } };
}
