/** Port: what an experiment must know of models. */
export interface ModelCatalog {
  /** Null: no such model. */
  versions(model: string): readonly { readonly version: string; readonly state: string }[] | null;
  /** The version that serves when no experiment applies; null: no such model, or none of it can serve. */
  championOf(model: string): string | null;
  /** Null: the version is not known here. */
  classLabels(model: string, version: string): readonly string[] | null;
}
