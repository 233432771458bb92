import { availableParallelism } from 'node:os';
import type { Contender } from '../contenders/contender';
import type { LoadGenerator } from '../load/load-generator';
import type { LoadReport, LoadRequest, Loop } from '../load/load-job';
import { runLoad } from '../load/run-load';
import { machineCpuUs, treeCpu, untilQuiet } from './tree-cpu';
import type { Workload } from './workload';

/** One contender under one load, once. */
export interface Measurement extends LoadReport {
  /** CPU time of the server and its children for each answer, work that it put off included; null where it cannot be read. */
  readonly cpuUs: number | null;
  /** The part of its database. */
  readonly databaseUs: number | null;
  readonly loopDelayP99Ms: number | null;
  /** Of its health address, asked twenty times a second meanwhile. */
  readonly healthP99Ms: number | null;
  /** Share of the machine's cores that processes outside of this bench used meanwhile, 0..1: how far to trust the rest. */
  readonly othersShare: number | null;
}

export interface MeasureSettings {
  readonly loop: Loop;
  readonly warmUpMs: number;
  readonly durationMs: number;
  readonly deadlineMs: number | null;
}

const healthRatePerSecond = 20;
const settleMs = 15_000;

/** Null when the contender has no such operation. */
export async function measure(
  generator: LoadGenerator,
  contender: Contender,
  workload: Workload,
  settings: MeasureSettings,
): Promise<Measurement | null> {
  const requests = contender.requests(workload, settings.deadlineMs);
  if (requests === null || requests.length === 0) return null;
  await contender.takeLoopDelayMs();
  const before = treeCpu(contender.pid);
  const others = watchOthers();
  const [report, healthP99Ms] = await Promise.all([
    generator.run({ ...settings, target: contender.target, requests }),
    healthP99(contender, settings),
  ]);
  const othersShare = others();
  const loopDelayP99Ms = await contender.takeLoopDelayMs();
  await untilQuiet(contender.pid, settleMs);
  const after = treeCpu(contender.pid);
  const perAnswer = (from: number, to: number) => (report.answered === 0 ? null : (to - from) / report.answered);
  return {
    ...report,
    cpuUs: before && after ? perAnswer(before.totalUs, after.totalUs) : null,
    databaseUs: before && after ? perAnswer(before.databaseUs, after.databaseUs) : null,
    loopDelayP99Ms,
    healthP99Ms,
    othersShare,
  };
}

/** Everything that the bench started is below its own process. @returns what tells their share since now. */
function watchOthers(): () => number | null {
  const look = () => ({ atMs: performance.now(), machineUs: machineCpuUs(), ownUs: treeCpu(process.pid)?.totalUs ?? null });
  const from = look();
  return () => {
    const to = look();
    if (from.machineUs === null || from.ownUs === null || to.machineUs === null || to.ownUs === null) return null;
    const othersUs = to.machineUs - from.machineUs - (to.ownUs - from.ownUs);
    return Math.max(0, othersUs / ((to.atMs - from.atMs) * 1000 * availableParallelism()));
  };
}

/** On this process's event loop, which has nothing else to do meanwhile. */
async function healthP99({ health, target }: Contender, { warmUpMs, durationMs }: MeasureSettings): Promise<number | null> {
  if (health === null) return null;
  const loop: Loop = { kind: 'open', ratePerSecond: healthRatePerSecond, maxInFlight: healthRatePerSecond };
  const requests: readonly LoadRequest[] = [{ bytes: health, expected: [] }];
  return (await runLoad({ target, requests, loop, warmUpMs, durationMs, deadlineMs: null })).p99Ms;
}
