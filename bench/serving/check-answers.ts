import type { Contender } from '../contenders/contender';
import { failureOf } from '../load/judge-answer';
import { LoadConnection } from '../load/load-connection';
import type { LoadRequest, LoadTarget } from '../load/load-job';
import type { Sample, Workload } from './workload';

/** Asks each request once. @returns the failure of each, null for a right answer. */
async function askEach(target: LoadTarget, requests: readonly LoadRequest[]): Promise<readonly (string | null)[]> {
  const failures: (string | null)[] = [];
  for (const { bytes, expected } of requests) {
    const parts = expected.map((part) => Buffer.from(part));
    failures.push(
      await new Promise((resolve) => {
        const connection = new LoadConnection(target, {
          onResponse: (_, response) => {
            resolve(failureOf(response, parts));
            connection.close();
          },
          onBroken: () => resolve('connection broken'),
        });
        connection.send(bytes);
      }),
    );
  }
  return failures;
}

export interface CheckedWorkload {
  readonly workload: Workload;
  readonly remarks: readonly string[];
}

/**
 * Before anything is timed, every contender answers every input once. Where another's resize makes it see another class, the input is left
 * out for all, so that "right" means the same for everybody; what ours gets wrong stays in, and will be counted against it.
 */
export async function checkAnswers(workload: Workload, contenders: readonly Contender[]): Promise<CheckedWorkload> {
  const remarks: string[] = [];
  const kept = new Set<Sample>(workload.samples);
  for (const contender of contenders) {
    const requests = contender.requests(workload, null);
    if (requests === null || requests.length !== workload.samples.length) continue;
    const failures = await askEach(contender.target, requests);
    const failed = workload.samples.filter((_, index) => failures[index] !== null);
    if (failed.length === 0) continue;
    const isOurs = contender.name.startsWith('ours');
    remarks.push(
      `${contender.name} answers ${failed.length} of ${failures.length} inputs of ${workload.name} otherwise than the exact path ` +
        `(${[...new Set(failures.filter((failure) => failure !== null))].join(', ')})${isOurs ? '; they stay in and count as failed' : '; left out for all'}.`,
    );
    if (!isOurs) for (const sample of failed) kept.delete(sample);
  }
  if (kept.size === 0) return { workload, remarks: [...remarks, `No input of ${workload.name} is left, so all stay in.`] };
  return { workload: { ...workload, samples: workload.samples.filter((sample) => kept.has(sample)) }, remarks };
}
