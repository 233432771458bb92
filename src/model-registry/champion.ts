import type { ModelLabel } from './model-label-store';
import type { ModelFolder } from './model-version';
import { compareVersions } from './version-order';

export const championLabel = 'champion';

/**
 * The labels that a model's folders ask for when the model is first registered: those of their manifests, and `champion` for the
 * version whose manifest wants it, else for the highest one. Where several ask for the same label, the highest version gets it.
 */
export function labelsAtRegistration(folders: readonly ModelFolder[]): readonly ModelLabel[] {
  const ascending = [...folders].sort((a, b) => compareVersions(a.version, b.version));
  const byLabel = new Map<string, ModelLabel>();
  for (const folder of ascending) {
    for (const label of folder.wantedLabels) byLabel.set(label, { model: folder.model, label, version: folder.version });
  }
  const champion = ascending.findLast((folder) => folder.wantsChampion) ?? ascending.at(-1);
  if (champion) byLabel.set(championLabel, { model: champion.model, label: championLabel, version: champion.version });
  return [...byLabel.values()];
}
