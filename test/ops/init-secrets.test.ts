import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Scratch } from './scratch';
import { run } from './tools';

describe('scripts/init-secrets', () => {
  let scratch: Scratch;
  const secrets = () =>
    Object.fromEntries(readdirSync(scratch.path('secrets')).map((name) => [name, readFileSync(scratch.path(`secrets/${name}`), 'utf8')]));
  const init = () => run(scratch.path('scripts/init-secrets'), []);

  beforeEach(() => {
    scratch = new Scratch(['scripts/init-secrets']);
  });

  afterEach(() => scratch.remove());

  it('makes every secret, long and random, and prints none of them', async () => {
    const { status, output } = await init();
    const made = secrets();
    expect(status).toBe(0);
    expect(Object.keys(made).sort()).toEqual(['admin_api_key', 'database_url', 'grafana_password', 'postgres_password']);
    for (const name of ['admin_api_key', 'grafana_password', 'postgres_password']) {
      expect(made[name]).toMatch(/^[\w-]{32}$/);
      expect(output).not.toContain(made[name]);
    }
    expect(new Set(Object.values(made)).size).toBe(4);
    expect(made.database_url).toBe(`postgres://touchstone:${made.postgres_password}@db:5432/touchstone`);
  });

  it('keeps what is there and makes what is missing', async () => {
    await init();
    const before = secrets();
    rmSync(scratch.path('secrets/grafana_password'));
    await init();
    const after = secrets();
    expect({ ...after, grafana_password: '' }).toEqual({ ...before, grafana_password: '' });
    expect(after.grafana_password).not.toBe(before.grafana_password);
  });

  it('closes the folder to other users and lets containers read the files', async () => {
    await init();
    expect(statSync(scratch.path('secrets')).mode & 0o777).toBe(0o700);
    for (const name of Object.keys(secrets())) expect(statSync(scratch.path(`secrets/${name}`)).mode & 0o777).toBe(0o644);
  });
});
