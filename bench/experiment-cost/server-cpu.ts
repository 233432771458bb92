import { readdirSync, readFileSync } from 'node:fs';
import { treeCpu } from '../serving/tree-cpu';

/** CPU time of a server, in microseconds. */
export interface ServerCpu {
  /** What stands between a request and its answer: every thread but the ingester's. */
  readonly servingUs: number;
  /** The ingester's thread and PostgreSQL. */
  readonly ingestUs: number;
}

/** The ingester's thread has given itself this priority (src/ingest-thread.ts), and nobody else has it. */
const ingestNiceness = 2;
/** The kernel's clock tick, 100 a second on every Linux that Node runs on. */
const tickUs = 10_000;

/** Null where there is no /proc, or where the ingester's thread cannot be told from the others. */
export function serverCpu(pid: number): ServerCpu | null {
  const tree = treeCpu(pid);
  const threads = readThreads(pid);
  const ingester = threads.filter(({ niceness }) => niceness === ingestNiceness);
  if (!tree || ingester.length !== 1) return null;
  const servingUs = sum(threads) - sum(ingester);
  return { servingUs, ingestUs: sum(ingester) + tree.databaseUs };
}

interface ThreadStat {
  readonly niceness: number;
  readonly cpuUs: number;
}

function sum(threads: readonly ThreadStat[]): number {
  return threads.reduce((total, { cpuUs }) => total + cpuUs, 0);
}

/** Fields of /proc/<pid>/task/<tid>/stat (proc(5)): 14 utime, 15 stime, 19 nice. */
function readThreads(pid: number): readonly ThreadStat[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const text = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return { niceness: Number(fields[16]), cpuUs: (Number(fields[11]) + Number(fields[12])) * tickUs };
    });
  } catch {
    return [];
  }
}
