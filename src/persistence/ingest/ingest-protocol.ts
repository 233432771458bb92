import type { JournalPosition, SegmentExtent } from '../../events/event-journal';
import type { Logger } from '../../events/logger';
import type { DatabaseAddress } from '../embedded-postgres';

/** What crosses between the main thread and the ingester's. At most one `extents` is on its way: the next follows `ingested`. */

export interface IngestSettings {
  readonly journalId: string;
  readonly address: DatabaseAddress;
  readonly retentionDays: number;
}

export type ToIngestThread =
  /** How far the journal may be read now. */
  | { readonly kind: 'extents'; readonly segments: readonly SegmentExtent[] }
  /** End after the transaction under way. */
  | { readonly kind: 'stop' };

export type FromIngestThread =
  /** All that the last `extents` showed is in the database. */
  | { readonly kind: 'ingested' }
  /** Everything before `position` is in the database; `damaged` as the journal's `release` takes it. */
  | { readonly kind: 'released'; readonly position: JournalPosition; readonly damaged: readonly number[] }
  | { readonly kind: 'log'; readonly level: keyof Logger; readonly event: string; readonly facts: object };
