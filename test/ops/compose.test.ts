import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import { optionNames, parseConfig, secretOptions } from '../../src/config';
import { findTool, read, run } from './tools';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly [option: string]: unknown;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose: ComposeFile = parse(read('docker-compose.yml'), { merge: true });
const services = Object.entries(compose.services);
const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}.`);
  return found;
};

describe('docker-compose.yml', () => {
  it('is accepted by docker-compose, with and without the profile of Redis', async () => {
    const tool = findTool('docker-compose');
    expect(await run(tool, ['-f', 'docker-compose.yml', 'config', '-q'])).toEqual({ status: 0, output: '' });
    expect(await run(tool, ['-f', 'docker-compose.yml', '--profile', 'redis', 'config', '-q'])).toEqual({ status: 0, output: '' });
  });

  it('starts two replicas, their database, nginx, Prometheus and Grafana; Redis only on demand', () => {
    const usual = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(usual.sort()).toEqual(['app-a', 'app-b', 'db', 'grafana', 'nginx', 'prometheus']);
    expect(service('redis').profiles).toEqual(['redis']);
  });

  it('runs the same thing twice: the replicas differ only in their journal', () => {
    const { volumes: volumesOfA, ...a } = service('app-a');
    const { volumes: volumesOfB, ...b } = service('app-b');
    expect(b).toEqual(a);
    expect(volumesOfA).toContain('journal-a:/data');
    expect(volumesOfB).toContain('journal-b:/data');
  });

  it.each(services)('%s names a full version', (_name, { image }) => {
    expect(image).toMatch(/^[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)*$/);
    expect(image).not.toContain('latest');
  });

  it.each(services)('%s is locked down and bounded', (_name, options) => {
    expect(options).toMatchObject({
      read_only: true,
      init: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      cpus: expect.any(Number),
      pids_limit: expect.any(Number),
      logging: { driver: 'local', options: { 'max-size': '10m', 'max-file': '3' } },
      healthcheck: { test: expect.arrayContaining(['CMD']), interval: expect.any(String), timeout: expect.any(String) },
    });
    expect(options).not.toHaveProperty('privileged');
  });

  it('waits for health, not for a start', () => {
    for (const [, { depends_on = {} }] of services) {
      for (const { condition } of Object.values(depends_on)) expect(condition).toBe('service_healthy');
    }
    expect(Object.keys(service('nginx').depends_on ?? {})).toEqual(['app-a', 'app-b']);
    expect(Object.keys(service('app-a').depends_on ?? {})).toEqual(['db']);
  });

  it('opens nginx to the network and Grafana to this machine; nothing else', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name).sort()).toEqual(['grafana', 'nginx']);
    expect(service('nginx').ports).toEqual([expect.stringMatching(/^\$\{HTTP_PORT:-8080\}:8080$/)]);
    expect(service('grafana').ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:.*:3000$/)]);
    expect(compose.networks.data).toEqual({ internal: true });
    expect(service('db').networks).toEqual(['data']);
    expect(service('nginx').networks).toEqual(['edge']);
  });

  it('holds no secret: each comes from a file that scripts/init-secrets makes', () => {
    for (const [, { environment = {} }] of services) {
      const values = Object.entries(environment).filter(([name]) => /PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL/.test(name));
      for (const [name, value] of values) {
        expect(name).toMatch(/_FILE$/);
        expect(Object.keys(compose.secrets)).toContain(value.replace('/run/secrets/', ''));
      }
    }
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(read('scripts/init-secrets')).toContain(`\nsecret ${name} `);
    }
    expect(services.flatMap(([, { secrets = [] }]) => secrets).filter((name) => !(name in compose.secrets))).toEqual([]);
  });

  it('sets only options that the server has, to values that it accepts', () => {
    const fromImage = environmentOfImage();
    const { NODE_OPTIONS, ...fromCompose } = service('app-a').environment ?? {};
    const known = [...optionNames, ...secretOptions.map((name) => `${name}_FILE`), 'NODE_ENV', 'MALLOC_ARENA_MAX'];
    expect(Object.keys({ ...fromImage, ...fromCompose }).filter((name) => !known.includes(name))).toEqual([]);

    const files: Record<string, string> = {
      '/run/secrets/database_url': 'postgres://touchstone:some-password@db:5432/touchstone',
      '/run/secrets/admin_api_key': randomBytes(24).toString('base64url'),
    };
    const ifNothingIsSet = Object.entries(fromCompose).map(([name, value]) => [name, value.replace(/\$\{\w+:-(.*?)\}/g, '$1')]);
    const config = parseConfig({ ...fromImage, ...Object.fromEntries(ifNothingIsSet) }, (path) => files[path] ?? '');
    expect(config).toMatchObject({
      HOST: '0.0.0.0',
      PORT: 4000,
      METRICS_PORT: 9464,
      EMBEDDED_DATABASE: 'off',
      TRUST_PROXY: true,
      DATA_DIR: '/data',
    });
    // The rest of mem_limit is for what lives beside the heap.
    expect(NODE_OPTIONS).toBe(`--max-old-space-size=${Math.floor(0.6 * 2048)}`);
    expect(service('app-a').mem_limit).toBe('2g');
  });
});

function environmentOfImage(): Record<string, string> {
  const block =
    /^ENV ((?:.*\\\n)*.*)$/m.exec(
      read('Dockerfile')
        .split(/^FROM /m)
        .at(-1) ?? '',
    )?.[1] ?? '';
  return Object.fromEntries([...block.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]));
}
