import type { Experiment } from './experiment';

type Place = Pick<Experiment, 'key' | 'model' | 'status' | 'namespace'>;

/**
 * The experiment that keeps another one from running, as a sentence for its manager; null: none does. A unit has one version of a model at a time,
 * so experiments on one model run side by side only in one namespace, in parts of it that do not overlap.
 */
export function obstacleTo(starting: Place, others: readonly Place[]): string | null {
  const other = others.find((one) => one.key !== starting.key && one.model === starting.model && isActive(one) && mayMeet(starting, one));
  if (!other) return null;
  const { model, namespace } = starting;
  const rest =
    namespace && other.namespace?.id === namespace.id
      ? `its part of namespace "${namespace.id}", ${other.namespace.start} to ${other.namespace.end}, overlaps ${namespace.start} to ${namespace.end}.`
      : 'both would decide for the same units. Stop it, or give both a part of their own in one namespace.';
  return `Experiment "${other.key}" on model "${model}" is ${other.status}, and ${rest}`;
}

function isActive({ status }: Place): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}

function mayMeet({ namespace: a }: Place, { namespace: b }: Place): boolean {
  return !a || !b || a.id !== b.id || (a.start < b.end && b.start < a.end);
}
