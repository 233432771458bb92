import { Client } from './client';
import { type Digit, heldOutDigits } from './held-out-digits';
import { ServerProcess } from './server-process';
import { replay, replayBroken } from './traffic';

/**
 * `npm run demo`: starts a server, compares version 3 of the digits model with version 1 on live traffic, ships the better one,
 * then breaks the camera. `--exit` ends after the last step instead of leaving the page up.
 */

const experimentKey = 'digits-1-or-3';
const traffic = { ratePerSecond: 40, labelDelayMs: 500, units: 'user', name: 'demo' };

const createMutation = `mutation ($input: CreateExperimentInput!) {
  createExperiment(input: $input) { userErrors { message } }
  startExperiment(key: "${experimentKey}") { userErrors { message } } }`;
const shipMutation = `mutation { shipVariant(key: "${experimentKey}", variant: "cnn", reason: "the demo follows the verdict") { userErrors { message } } }`;
const resultsQuery = `{ experiment(key: "${experimentKey}") { results { units decision { action variant reason } } } }`;
const alertsQuery = `{ driftAlerts(filter: { model: "digits" }, first: 20) { nodes { severity state kind feature message } } }`;

interface Results {
  readonly units: number;
  readonly decision: { readonly action: string; readonly variant: string | null; readonly reason: string };
}
interface Alert {
  readonly severity: string;
  readonly state: string;
  readonly message: string;
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function results(client: Client): Promise<Results> {
  return (await client.request<{ experiment: { results: Results } }>(resultsQuery)).experiment.results;
}

async function compare(client: Client, digits: readonly Digit[]): Promise<Results> {
  const variants = [
    { key: 'linear', version: '1' },
    { key: 'cnn', version: '3' },
  ];
  await client.request(createMutation, {
    input: {
      key: experimentKey,
      name: 'Digits: linear model or CNN?',
      model: 'digits',
      variants,
      primaryMetric: 'accuracy',
      secondaryMetrics: ['latency_ms'],
    },
  });
  say(
    `\n1. Experiment ${experimentKey} is running. ${digits.length} users each send a handwritten digit; the truth comes back a moment later.`,
  );
  await replay(client, digits, traffic, (sent) => {
    if (sent % 150 === 0)
      results(client).then(
        ({ units, decision }) => say(`   ${units} users: ${decision.action}. ${decision.reason}`),
        () => {},
      );
  });
  await pause(1500);
  return results(client);
}

/** What only one look has seen may be chance. */
const isConfirmed = ({ state }: Alert) => state === 'FIRING';

async function breakCamera(client: Client, digits: readonly Digit[]): Promise<readonly Alert[]> {
  say('\n3. Now the camera breaks: blurred negatives.');
  const alerts = async () => (await client.request<{ driftAlerts: { nodes: readonly Alert[] } }>(alertsQuery)).driftAlerts.nodes;
  const isFiring = async () => (await alerts()).some(isConfirmed);
  for (let round = 0; round < 3; round++) if (await replayBroken(client, digits, traffic, isFiring)) break;
  return (await alerts()).filter(isConfirmed);
}

async function run(server: ServerProcess): Promise<boolean> {
  const url = await server.ready();
  const client = new Client(url, process.env.ADMIN_API_KEY);
  const digits = heldOutDigits();
  say(`Touchstone is at ${url} : open it in a browser and watch.`);
  const { decision, units } = await compare(client, digits);
  say(`   ${units} users: ${decision.action}. ${decision.reason}`);
  if (decision.action === 'SHIP') {
    await client.request(shipMutation);
    say('\n2. The verdict is SHIP, so version 3 is the champion now.');
  }
  const alerts = await breakCamera(client, digits);
  for (const { severity, message } of alerts) say(`   ${severity}: ${message}`);
  return decision.action === 'SHIP' && alerts.length > 0;
}

async function main(): Promise<void> {
  const server = new ServerProcess();
  const interrupted = new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  try {
    const asExpected = await Promise.race([run(server), interrupted.then(() => true)]);
    if (!asExpected) process.exitCode = 1;
    if (!process.argv.includes('--exit')) {
      say('\nThe page stays up. Ctrl-C ends the demo.');
      await interrupted;
    }
  } finally {
    await server.stop();
  }
  process.exit();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
