import type { LoadJob, LoadReport } from './load-job';
import { runLoad } from './run-load';

/** The load generator's own process: its event loop is not the one that waits for servers, prints tables or polls. One job at a time. */

export type LoadAnswer = { readonly report: LoadReport } | { readonly error: string };

process.on('message', (job: LoadJob) => {
  runLoad(job).then(
    (report) => process.send?.({ report } satisfies LoadAnswer),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) } satisfies LoadAnswer),
  );
});
process.on('disconnect', () => process.exit());
