import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Scratch } from './scratch';
import { run } from './tools';

/** Answers like docker for containers whose state stands in files: $SCRATCH/state-<service>, "running 0 healthy" when there is none. */
const docker = `
echo "$*" >>"$SCRATCH/calls"
case "$*" in
  'compose ps -q '*) [ -e "$SCRATCH/absent-$4" ] || echo "$4" ;;
  'inspect --format '*) cat "$SCRATCH/state-$4" 2>/dev/null || echo 'running 0 healthy' ;;
  'compose up -d nginx' | 'compose up -d') rm -f "$SCRATCH"/absent-* ;;
  'compose port nginx 8080') echo "0.0.0.0:$HTTP" ;;
  'compose port grafana 3000') echo '127.0.0.1:3000' ;;
  'compose exec -T nginx cat '*) cat "$SCRATCH/nginx.conf" ;;
  'compose exec -T prometheus cat '*) cat "$SCRATCH/mounted-prometheus.yml" ;;
  'compose logs '*) echo "the log of $5" ;;
esac`;

describe('scripts/deploy', () => {
  let scratch: Scratch;
  let server: Server;
  let ready = true;

  beforeEach(async () => {
    scratch = new Scratch([
      'scripts/deploy',
      'scripts/init-secrets',
      'nginx.conf',
      'observability/prometheus.yml',
      'observability/alerts.yml',
    ]);
    scratch.program('docker', docker);
    scratch.program(
      'curl',
      'exec node -e \'fetch(process.argv.at(-1)).then((a) => process.exit(a.ok ? 0 : 22), () => process.exit(7))\' -- "$@"',
    );
    ready = true;
    server = createServer((request, response) => response.writeHead(ready && request.url === '/readyz' ? 200 : 503).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    scratch.remove();
  });

  const deploy = (more: NodeJS.ProcessEnv = {}) =>
    run(scratch.path('scripts/deploy'), [], {
      env: scratch.environment({
        PATH: `${scratch.path('programs')}:${process.env.PATH}`,
        DEPLOY_TIMEOUT_SECONDS: '30',
        HTTP: String((server.address() as AddressInfo).port),
        ...more,
      }),
    });
  const calls = () => readFileSync(scratch.path('calls'), 'utf8').trim().split('\n');
  const changes = () => calls().filter((call) => /^compose (build|up|exec -T nginx nginx)/.test(call));

  it('starts a new installation in order, makes its secrets and tells the addresses', async () => {
    for (const service of ['nginx', 'prometheus']) writeFileSync(scratch.path(`absent-${service}`), '');
    const { status, output } = await deploy();
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringMatching(/localhost:\d+\/graphql[\s\S]*Grafana: +http:\/\/localhost:3000/),
    });
    expect(changes()).toEqual([
      'compose build',
      'compose up -d db',
      'compose up -d --no-deps app-a',
      'compose up -d --no-deps app-b',
      'compose up -d',
    ]);
    expect(existsSync(scratch.path('secrets/admin_api_key'))).toBe(true);
    for (const service of ['db', 'app-a', 'app-b', 'nginx', 'prometheus', 'grafana']) expect(output).toContain(`${service} is healthy`);
  });

  it('updates one replica after the other and lets nginx look up the new address of each', async () => {
    writeFileSync(scratch.path('mounted-prometheus.yml'), 'what was deployed before');
    expect(await deploy()).toMatchObject({ status: 0 });
    expect(changes()).toEqual([
      'compose build',
      'compose up -d db',
      'compose up -d --no-deps app-a',
      'compose exec -T nginx nginx -s reload',
      'compose up -d --no-deps app-b',
      'compose exec -T nginx nginx -s reload',
      'compose up -d --no-deps --force-recreate prometheus',
      'compose up -d --no-deps --force-recreate prometheus',
      'compose up -d',
    ]);
  });

  it('leaves the second replica alone when the first does not come up, and shows why', async () => {
    writeFileSync(scratch.path('state-app-a'), 'restarting 3 starting');
    const { status, output } = await deploy();
    expect(status).toBe(1);
    expect(output).toContain('the log of app-a');
    expect(output).toContain('app-a did not become healthy (it is: restarting 3 starting)');
    expect(calls()).not.toContain('compose up -d --no-deps app-b');
  });

  it('waits no longer than its deadline', async () => {
    writeFileSync(scratch.path('state-db'), 'running 0 starting');
    expect(await deploy({ DEPLOY_TIMEOUT_SECONDS: '1' })).toMatchObject({
      status: 1,
      output: expect.stringContaining('db did not become healthy'),
    });
    ready = false;
    writeFileSync(scratch.path('state-db'), 'running 0 healthy');
    expect(await deploy({ DEPLOY_TIMEOUT_SECONDS: '1' })).toMatchObject({ status: 1, output: expect.stringContaining('/readyz is not') });
  });

  it('says which tool is missing before it touches anything', async () => {
    scratch.program('docker', 'exit 1');
    expect(await deploy()).toMatchObject({ status: 1, output: expect.stringContaining('the Docker daemon does not answer') });
    expect(existsSync(scratch.path('secrets'))).toBe(false);
  });
});
