import { Client } from 'pg';

/** The one PostgreSQL of a test run; `global-setup` starts it and leaves its address here for the workers. */
export const addressVariable = 'TOUCHSTONE_TEST_CLUSTER';
export const templateDatabase = 'touchstone_template';

export function clusterConnection(): { readonly host: string; readonly user: string; readonly database: string } {
  const address = process.env[addressVariable];
  if (!address) throw new Error('The test cluster is not running; start tests with jest from the root of the project.');
  return JSON.parse(address);
}

export function adminClient(): Client {
  return new Client(clusterConnection());
}
