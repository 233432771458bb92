/** A name that points at a version: `champion` serves when no experiment applies. */
export interface ModelLabel {
  readonly model: string;
  readonly label: string;
  readonly version: string;
}

/** Port: labels live in the database, so that replicas agree. */
export interface ModelLabelStore {
  list(): Promise<readonly ModelLabel[]>;
  /** Writes those labels that no row exists for yet (first registration); existing ones stay as they are. */
  insertMissing(labels: readonly ModelLabel[]): Promise<void>;
  set(label: ModelLabel): Promise<void>;
}
