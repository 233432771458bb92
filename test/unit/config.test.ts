import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, optionNames, parseConfig, secretOptions } from '../../src/config';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('parseConfig', () => {
  it('has a sane default for every option', () => {
    expect(parseConfig({})).toMatchObject({
      PORT: 4000,
      HOST: '127.0.0.1',
      METRICS_PORT: 9464,
      EMBEDDED_DATABASE: 'auto',
      TRUST_PROXY: false,
    });
  });

  it('treats an empty variable as not set', () => {
    expect(parseConfig({ PORT: '', ADMIN_API_KEY: '' })).toMatchObject({ PORT: 4000 });
  });

  it.each([
    ['PORT', { PORT: '70000' }],
    ['PORT', { PORT: 'http' }],
    ['METRICS_PORT', { METRICS_PORT: '-1' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }],
    ['REDIS_URL', { REDIS_URL: 'redis:6379' }],
    ['REDIS_URL', { REDIS_URL: 'redis://redis:6379/answers' }],
    ['DATABASE_URL', { EMBEDDED_DATABASE: 'off' }],
    ['EMBEDDED_DATABASE', { EMBEDDED_DATABASE: 'no' }],
    ['ADMIN_API_KEY', { ADMIN_API_KEY: 'short' }],
    ['ADMIN_API_KEY', { HOST: '0.0.0.0' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'example.com' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'maybe' }],
    ['MAX_BODY_BYTES', { MAX_BODY_BYTES: '12' }],
    ['PROCESSES', { PROCESSES: '0' }],
    ['WORKERS_PER_VERSION', { WORKERS_PER_VERSION: '0' }],
    ['THREAD_PROFILE', { THREAD_PROFILE: 'fast' }],
    ['DEVICE', { DEVICE: 'gpu' }],
    ['INTROSPECTION', { INTROSPECTION: '2' }],
  ])('names %s in the sentence for %j', (option, environment) => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(option);
  });

  it.each([
    [{}, 2],
    [{ PROCESSES: '2' }, 1],
    [{ PROCESSES: '8' }, 1],
    [{ PROCESSES: '8', WORKERS_PER_VERSION: '3' }, 3],
  ])('gives each process of %j its inference threads', (environment, workers) => {
    expect(parseConfig(environment).WORKERS_PER_VERSION).toBe(workers);
  });

  it('tells all mistakes at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'x' })).toHaveLength(2);
  });

  it('reads a secret from the file that <NAME>_FILE names', () => {
    const config = parseConfig({ ADMIN_API_KEY_FILE: '/run/key' }, () => 'a-key-of-16-chars\n');
    expect(config.ADMIN_API_KEY).toBe('a-key-of-16-chars');
  });

  it('refuses a secret given twice, and a file that cannot be read', () => {
    expect(problemsOf({ ADMIN_API_KEY: 'a-key-of-16-chars', ADMIN_API_KEY_FILE: '/nowhere' })[0]).toContain('not both');
    expect(problemsOf({ DATABASE_URL_FILE: '/nowhere/at/all' })[0]).toContain('/nowhere/at/all');
  });

  it('splits the origins and keeps "not given" apart from "none"', () => {
    expect(parseConfig({}).CORS_ORIGINS).toBeNull();
    expect(parseConfig({ CORS_ORIGINS: 'https://a.example, http://b.example:3000' }).CORS_ORIGINS).toEqual([
      'https://a.example',
      'http://b.example:3000',
    ]);
  });
});

describe('docs/operations.md', () => {
  const page = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);

  it('lists exactly the options there are', () => {
    expect([...documented].sort()).toEqual([...optionNames].sort());
  });

  it('names each secret that can come from a file', () => {
    for (const name of secretOptions) expect(page).toContain(`${name}_FILE`);
  });
});
