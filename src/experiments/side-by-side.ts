import type { Experiment } from './experiment';
import type { NamespaceRange } from './namespace-range';

type Place = Pick<Experiment, 'key' | 'model' | 'status' | 'namespaces' | 'holdout' | 'hashAttribute'>;

/**
 * The experiment that keeps another one from running, as a sentence for its manager; null: none does. A unit has one version of a model at a time,
 * so experiments on one model run side by side only in one namespace, in parts of it that do not overlap. Experiments that name one holdout, on any
 * model, must hold out the same units.
 */
export function obstacleTo(starting: Place, others: readonly Place[]): string | null {
  const active = others.filter((one) => one.key !== starting.key && isActive(one));
  return meetingObstacle(starting, active) ?? holdoutObstacle(starting, active);
}

function meetingObstacle(starting: Place, active: readonly Place[]): string | null {
  const other = active.find((one) => one.model === starting.model && mayMeet(starting, one));
  if (!other) return null;
  const intro = `Experiment "${other.key}" on model "${starting.model}" is ${other.status}, and`;
  const [shared] = sharedNamespaces(starting, other);
  if (!shared) return `${intro} both would decide for the same units. Stop it, or give both a part of their own in one namespace.`;
  const [own, theirs] = shared;
  if (starting.hashAttribute !== other.hashAttribute) {
    const words = `it tells units apart by ${nameOf(other)}, not by ${nameOf(starting)}`;
    return `${intro} ${words}, so that parts of namespace "${own.id}" do not keep them apart. Stop it, or use the same hashAttribute.`;
  }
  return `${intro} its part of namespace "${own.id}", ${theirs.start} to ${theirs.end}, overlaps ${own.start} to ${own.end}.`;
}

function holdoutObstacle({ holdout, ...starting }: Place, active: readonly Place[]): string | null {
  const other = active.find(
    (one) => one.holdout?.key === holdout?.key && (one.holdout?.share !== holdout?.share || one.hashAttribute !== starting.hashAttribute),
  );
  if (!other?.holdout || !holdout) return null;
  const words = (place: Pick<Place, 'hashAttribute'>, share: number) => `${share} of the units, told apart by ${nameOf(place)}`;
  const intro = `Experiment "${other.key}" is ${other.status} and holds out ${words(other, other.holdout.share)}, under "${holdout.key}"`;
  return `${intro}; this one ${words(starting, holdout.share)}. Name the same share and attribute, or another holdout.`;
}

function isActive({ status }: Place): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}

/** Parts of a namespace are told apart by what is hashed: they exclude each other only where that is the same. */
function mayMeet(a: Place, b: Place): boolean {
  if (a.hashAttribute !== b.hashAttribute) return true;
  return sharedNamespaces(a, b).every(([one, two]) => one.start < two.end && two.start < one.end);
}

function sharedNamespaces(a: Place, b: Place): readonly (readonly [NamespaceRange, NamespaceRange])[] {
  return a.namespaces.flatMap((one) => b.namespaces.filter(({ id }) => id === one.id).map((two) => [one, two] as const));
}

function nameOf({ hashAttribute }: Pick<Place, 'hashAttribute'>): string {
  return hashAttribute === null ? 'the unitId' : `"${hashAttribute}"`;
}
