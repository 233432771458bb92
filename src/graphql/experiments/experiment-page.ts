import { AppError } from '../../errors';
import type { Experiment } from '../../experiments/experiment';

type Place = Pick<Experiment, 'key' | 'createdAt'>;

export interface ExperimentPage {
  readonly items: readonly Experiment[];
  readonly hasNextPage: boolean;
  readonly positionOf: (experiment: Place) => string;
}

/**
 * Newest first. A position is a time and a key, so that a page goes on at the right place also when the experiment it names
 * has left the list meanwhile.
 */
export function pageOfExperiments(experiments: readonly Experiment[], first: number, after: string | null): ExperimentPage {
  const sorted = [...experiments].sort(compare);
  const place = after === null ? null : parsePosition(after);
  const rest = place === null ? sorted : sorted.filter((experiment) => compare(place, experiment) < 0);
  return { items: rest.slice(0, first), hasNextPage: rest.length > first, positionOf };
}

function compare(a: Place, b: Place): number {
  const newer = b.createdAt.getTime() - a.createdAt.getTime();
  if (newer !== 0) return newer;
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

function positionOf({ key, createdAt }: Place): string {
  return `${createdAt.getTime()} ${key}`;
}

function parsePosition(position: string): Place {
  const [, time, key] = /^(\d{1,15}) (.+)$/.exec(position) ?? [];
  if (time === undefined || key === undefined) throw new AppError('BAD_USER_INPUT', 'after is not a cursor of this list.');
  return { key, createdAt: new Date(Number(time)) };
}
