import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into a server under test with `--require`: tells the bench, when asked, how late the main loop's timers were, and ends the server
 * when the bench is gone.
 */
export type LoopDelayAnswer = { readonly p99Ms: number };

const resolutionMs = 5;

// Only in the process that the bench started: neither in its worker threads nor in processes that it starts itself.
if (isMainThread && process.env.BENCH_PID === String(process.ppid)) {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  process.on('message', (message) => {
    if (message !== 'take-loop-delay') return;
    // The monitor counts from timer to timer, so its own period is part of what it tells.
    const p99Ms = Math.max(0, delays.percentile(99) / 1e6 - resolutionMs);
    delays.reset();
    process.send?.({ p99Ms } satisfies LoopDelayAnswer);
  });
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}
