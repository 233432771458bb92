import type { LabelEvent, PredictionEvent } from '../events/event';

export interface StoredLabel {
  readonly truth: LabelEvent['truth'];
  readonly receivedAt: Date;
}

export interface StoredPrediction {
  readonly event: PredictionEvent;
  readonly label: StoredLabel | null;
}

export interface PredictionFilter {
  readonly model?: string;
  readonly version?: string;
  readonly unitId?: string;
  readonly experiment?: string;
  readonly variant?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly hasNextPage: boolean;
}

/** Port: predictions as the ingester wrote them. */
export interface PredictionStore {
  find(id: string): Promise<StoredPrediction | null>;
  /** Newest first (by id); `after`: the id of the last item of the page before. */
  list(filter: PredictionFilter, first: number, after: string | null): Promise<Page<StoredPrediction>>;
}
