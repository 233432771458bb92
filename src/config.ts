import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';

/**
 * Every option of the server: read from the environment, once, here. `docs/operations.md` lists them all, under test.
 * A mistake becomes a sentence; all mistakes are told at once.
 */

const port = (option: string, fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, context) => {
      if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
      context.addIssue({ code: 'custom', message: `${option} must be a whole number from 0 (any free port) to 65535, not "${text}".` });
      return z.NEVER;
    });

const wholeNumberOrNothing = (option: string, lowest: number, highest: number) =>
  z
    .string()
    .transform((text, context) => {
      if (/^\d{1,15}$/.test(text) && Number(text) >= lowest && Number(text) <= highest) return Number(text);
      context.addIssue({ code: 'custom', message: `${option} must be a whole number from ${lowest} to ${highest}, not "${text}".` });
      return z.NEVER;
    })
    .optional();

const wholeNumber = (option: string, fallback: number, lowest: number, highest: number) =>
  wholeNumberOrNothing(option, lowest, highest).transform((number) => number ?? fallback);

const yesOrNo = (option: string, fallback: boolean) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, context) => {
      if (['true', '1', 'yes', 'on'].includes(text.toLowerCase())) return true;
      if (['false', '0', 'no', 'off'].includes(text.toLowerCase())) return false;
      context.addIssue({ code: 'custom', message: `${option} must be true or false, not "${text}".` });
      return z.NEVER;
    });

const oneOf = <const T extends string>(option: string, values: readonly T[], fallback: T) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): T => {
      const found = values.find((value) => value === text);
      if (found !== undefined) return found;
      context.addIssue({ code: 'custom', message: `${option} must be one of ${values.join(', ')}, not "${text}".` });
      return z.NEVER;
    });

const databaseUrl = z
  .string()
  .refine((text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text), {
    message: 'DATABASE_URL must look like postgres://user:password@host:5432/database.',
  })
  .optional();

const redisUrl = z
  .string()
  .refine((text) => /^rediss?:\/\/[^/]+(\/\d*)?$/.test(text) && URL.canParse(text), {
    message: 'REDIS_URL must look like redis://user:password@host:6379/0, or rediss:// for TLS.',
  })
  .optional();

const origins = z
  .string()
  .optional()
  .transform((text, context) => {
    const list = (text ?? '').split(',').map((one) => one.trim());
    const given = list.filter((one) => one !== '');
    const wrong = given.filter((one) => !URL.canParse(one) || new URL(one).origin !== one);
    if (wrong.length === 0) return text === undefined ? null : given;
    context.addIssue({
      code: 'custom',
      message: `CORS_ORIGINS must be origins such as https://app.example.com, separated by commas; "${wrong[0]}" is not one.`,
    });
    return z.NEVER;
  });

const apiKey = z
  .string()
  .min(16, 'ADMIN_API_KEY must have at least 16 characters. Make one with: node -p "crypto.randomBytes(24).toString(\'base64url\')".')
  .regex(/^[\x21-\x7e]*$/, 'ADMIN_API_KEY must be printable ASCII without spaces, so that it fits into a header.')
  .optional();

const schema = z
  .object({
    PORT: port('PORT', 4000),
    HOST: z.string().default('127.0.0.1'),
    METRICS_PORT: port('METRICS_PORT', 9464),
    METRICS_HOST: z.string().optional(),
    MODELS_DIR: z
      .string()
      .default('./models')
      .transform((path) => resolve(path)),
    WATCH_MODELS: yesOrNo('WATCH_MODELS', true),
    DATA_DIR: z
      .string()
      .default('./.touchstone')
      .transform((path) => resolve(path)),
    DATABASE_URL: databaseUrl,
    EMBEDDED_DATABASE: oneOf('EMBEDDED_DATABASE', ['auto', 'off'], 'auto'),
    REDIS_URL: redisUrl,
    ADMIN_API_KEY: apiKey,
    LOG_LEVEL: oneOf('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], 'info'),
    CORS_ORIGINS: origins,
    TRUST_PROXY: yesOrNo('TRUST_PROXY', false),
    MAX_BODY_BYTES: wholeNumber('MAX_BODY_BYTES', 32 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
    PROCESSES: wholeNumber('PROCESSES', 1, 1, 64),
    WORKERS_PER_VERSION: wholeNumberOrNothing('WORKERS_PER_VERSION', 1, 64),
    THREAD_PROFILE: oneOf('THREAD_PROFILE', ['auto', 'throughput', 'latency'], 'auto'),
    DEVICE: oneOf('DEVICE', ['cpu', 'cuda'], 'cpu'),
    WORKER_TIMEOUT_MS: wholeNumber('WORKER_TIMEOUT_MS', 60_000, 1_000, 3_600_000),
    INTROSPECTION: yesOrNo('INTROSPECTION', true),
    JOURNAL_MAX_BYTES: wholeNumber('JOURNAL_MAX_BYTES', 1024 * 1024 * 1024, 1024 * 1024, 1024 ** 4),
    RETENTION_DAYS: wholeNumber('RETENTION_DAYS', 90, 2, 36_500),
    DRAIN_DELAY_MS: wholeNumber('DRAIN_DELAY_MS', 0, 0, 60_000),
  })
  .superRefine((options, context) => {
    if (!isLoopback(options.HOST) && options.ADMIN_API_KEY === undefined) {
      context.addIssue({
        code: 'custom',
        message: `HOST=${options.HOST} opens the server to other machines, so ADMIN_API_KEY must be set (or keep HOST=127.0.0.1).`,
      });
    }
    if (options.EMBEDDED_DATABASE === 'off' && options.DATABASE_URL === undefined) {
      context.addIssue({
        code: 'custom',
        message: 'EMBEDDED_DATABASE=off needs DATABASE_URL, for example postgres://user:password@host:5432/touchstone.',
      });
    }
  });

export type Config = Readonly<ReturnType<typeof withDerived>>;

/** Two inference threads a version on the machine, as long as each process has one. */
function withDerived(options: z.output<typeof schema>) {
  const { PROCESSES, WORKERS_PER_VERSION = Math.max(1, Math.floor(2 / PROCESSES)) } = options;
  return { ...options, WORKERS_PER_VERSION };
}

/** The names of all options, for the page that documents them. */
export const optionNames: readonly string[] = Object.keys(schema.shape);

/** Options that may also be given as the name of a file that holds them: `<NAME>_FILE`. */
export const secretOptions: readonly string[] = Object.freeze(['DATABASE_URL', 'REDIS_URL', 'ADMIN_API_KEY']);

/** Every mistake in the options, a sentence each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** @throws ConfigError */
export function parseConfig(environment: NodeJS.ProcessEnv, readFile = (path: string) => readFileSync(path, 'utf8')): Config {
  const { values, problems } = withSecretFiles(environment, readFile);
  const result = schema.safeParse(values);
  if (result.success && problems.length === 0) return Object.freeze(withDerived(result.data));
  throw new ConfigError([...problems, ...(result.error?.issues.map((issue) => issue.message) ?? [])]);
}

/**
 * The environment of this process; `NODE_ENV` becomes `production` when unset, which must happen before graphql is loaded. The inference
 * runtime's telemetry, which would send model names to its maker, is switched off for good.
 */
export function processEnvironment(): NodeJS.ProcessEnv {
  process.env.NODE_ENV ??= 'production';
  process.env.ORT_DISABLE_TELEMETRY = '1';
  return process.env;
}

function withSecretFiles(environment: NodeJS.ProcessEnv, readFile: (path: string) => string) {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const name of optionNames) {
    const value = environment[name];
    // An empty variable is how compose files and shells write "not set".
    if (value !== undefined && value !== '') values[name] = value;
  }
  for (const name of secretOptions) {
    const file = environment[`${name}_FILE`];
    if (file === undefined || file === '') continue;
    if (values[name] !== undefined) problems.push(`Set ${name} or ${name}_FILE, not both.`);
    else {
      try {
        values[name] = readFile(file).trim();
      } catch {
        problems.push(`${name}_FILE names ${file}, which cannot be read.`);
      }
    }
  }
  return { values, problems };
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
