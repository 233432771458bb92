import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** CPU time of a process and everything it started, in microseconds. */
export interface TreeCpu {
  readonly totalUs: number;
  /** The part of PostgreSQL's processes. */
  readonly databaseUs: number;
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly cpuUs: number;
}

/** The kernel's clock tick, 100 a second on every Linux that Node runs on. */
const tickUs = 10_000;

/** Null where there is no /proc (anything but Linux). */
export function treeCpu(rootPid: number): TreeCpu | null {
  const processes = readProcesses();
  if (processes.length === 0) return null;
  const children = new Map<number, ProcessStat[]>();
  for (const one of processes) children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
  const tree = processes.filter((one) => one.pid === rootPid);
  for (let i = 0; i < tree.length; i++) tree.push(...(children.get((tree[i] as ProcessStat).pid) ?? []));
  const sum = (some: readonly ProcessStat[]) => some.reduce((total, one) => total + one.cpuUs, 0);
  return { totalUs: sum(tree), databaseUs: sum(tree.filter((one) => one.name === 'postgres')) };
}

function readProcesses(): readonly ProcessStat[] {
  try {
    return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? readStat(Number(entry)) : []));
  } catch {
    return [];
  }
}

/** Fields of /proc/<pid>/stat (proc(5)): 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime; those of children that ended count too. */
function readStat(pid: number): readonly ProcessStat[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold anything, parentheses included.
    const end = text.lastIndexOf(')');
    const fields = text.slice(end + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    return [{ pid, parent: Number(fields[1]), name: text.slice(text.indexOf('(') + 1, end), cpuUs: ticks * tickUs }];
  } catch {
    return [];
  }
}

/** CPU time of the whole machine, in microseconds; null where there is no /proc/stat. */
export function machineCpuUs(): number | null {
  try {
    const [first = ''] = readFileSync('/proc/stat', 'latin1').split('\n');
    const [user, nice, system, , , irq, softIrq, steal] = first.split(/\s+/).slice(1).map(Number);
    return [user, nice, system, irq, softIrq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) * tickUs;
  } catch {
    return null;
  }
}

const lookMs = 200;
const quietShare = 0.06;

/** Waits until a server has finished what it owes (ours moves its journal to the database), so that it does not slow the next one. */
export async function untilQuiet(pid: number, longestMs: number): Promise<void> {
  let before = treeCpu(pid);
  for (let waitedMs = 0; before !== null && waitedMs < longestMs; waitedMs += lookMs) {
    await delay(lookMs);
    const now = treeCpu(pid);
    if (now === null || now.totalUs - before.totalUs <= quietShare * lookMs * 1000) return;
    before = now;
  }
}
