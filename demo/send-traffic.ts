import { parseArgs } from 'node:util';
import { Client } from './client';
import { heldOutDigits } from './held-out-digits';
import { replay } from './traffic';

/**
 * `npm run traffic`: sends the held-out digits to a server that runs, each from another user and with its true label a moment later. `--units` begins the
 * names of the users: the same ones come back unless it differs. `--url` says where the server is.
 */

const options = { url: { type: 'string' }, units: { type: 'string' } } as const;

async function main(): Promise<void> {
  const { url = `http://127.0.0.1:${process.env.PORT ?? 4000}`, units = 'user' } = parseArgs({ options }).values;
  const digits = heldOutDigits();
  const started = Date.now();
  const traffic = { ratePerSecond: 60, labelDelayMs: 200, units, name: `traffic-${started}` };
  process.stdout.write(`Sending ${digits.length} digits of ${units}-0 to ${units}-${digits.length - 1} to ${url} ...\n`);
  await replay(new Client(url, process.env.ADMIN_API_KEY), digits, traffic, () => {});
  process.stdout.write(`Sent, with their labels, in ${Math.round((Date.now() - started) / 1000)} s.\n`);
}

main().catch((error: unknown) => {
  const { message, cause } = error as Error;
  process.stderr.write(`${cause instanceof Error ? `${message}: ${cause.message}` : message}\n`);
  process.exit(1);
});
