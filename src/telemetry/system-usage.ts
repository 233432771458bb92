import { cpus, freemem, totalmem } from 'node:os';

interface CpuTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

/** Measures how busy all cores are, between one reading and the next. */
export class CpuMeter {
  #before: CpuTimes = { busyMs: 0, totalMs: 0 };

  /** Share of all cores' time that was not idle since the reading before (since boot at the first one), in percent. */
  busyPercent(): number {
    const now = cpuTimes();
    const totalMs = now.totalMs - this.#before.totalMs;
    const busyMs = now.busyMs - this.#before.busyMs;
    this.#before = now;
    return totalMs <= 0 ? 0 : (100 * busyMs) / totalMs;
  }
}

export function usedMemoryBytes(): number {
  return totalmem() - freemem();
}

function cpuTimes(): CpuTimes {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    totalMs += sum;
    busyMs += sum - times.idle;
  }
  return { busyMs, totalMs };
}
