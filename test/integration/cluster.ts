import { Client } from 'pg';

/** As `pg` takes it; a password comes from PGPASSWORD. */
export interface ClusterAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** The one PostgreSQL of a test run; `global-setup` leaves its address and the name of the template here for the workers. */
const addressVariable = 'TOUCHSTONE_TEST_CLUSTER';
const templateVariable = 'TOUCHSTONE_TEST_TEMPLATE';

export function announceCluster(address: ClusterAddress, template: string): void {
  process.env[addressVariable] = JSON.stringify(address);
  process.env[templateVariable] = template;
}

export function clusterAddress(): ClusterAddress {
  return JSON.parse(announced(addressVariable)) as ClusterAddress;
}

export function templateDatabase(): string {
  return announced(templateVariable);
}

/** One statement on the cluster itself: making and dropping databases. */
export async function administer(address: ClusterAddress, statement: string): Promise<void> {
  const client = new Client(address);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function announced(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error('The test cluster is not running; start tests with jest from the root of the project.');
  return value;
}
