import { z } from 'zod';
import { AppError } from '../errors';
import { datatypes } from '../open-inference/tensor';

const side = z.number().int().min(1).max(16_384);
const levels = z.array(z.number().finite()).min(1).max(4);

const step = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('Resize'),
    size: z.union([side, z.tuple([side, side])]),
    interpolation: z.enum(['bilinear', 'bicubic']).default('bilinear'),
  }),
  z.strictObject({ type: z.literal('CenterCrop'), size: z.union([side, z.tuple([side, side])]) }),
  z.strictObject({ type: z.literal('Grayscale') }),
  z.strictObject({ type: z.literal('ToTensor') }),
  z.strictObject({ type: z.literal('PILToTensor') }),
  z.strictObject({ type: z.literal('Normalize'), mean: levels, std: levels }),
]);

const datatype = z.enum(datatypes);

/** As the server would describe it, had it metadata. */
const tensor = z.strictObject({ name: z.string().min(1), datatype, shape: z.array(z.number().int().min(-1)).max(8) });

/** A version that another server computes. */
const remote = z.strictObject({
  url: z.string().regex(/^https?:\/\/[^/\s@?#]+(?:\/[^\s?#]*)?$/, 'an address such as http://triton:8000, without a password in it'),
  model: z.string().min(1).optional(),
  version: z.string().min(1).optional(),
  timeoutMs: z.number().int().min(1).max(600_000).default(10_000),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/, 'the name of a header'), z.string()).optional(),
  headersFile: z.string().min(1).optional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  inputs: z.array(tensor).min(1).optional(),
  outputs: z.array(tensor).min(1).optional(),
});

/** Bytes and answers of one version, in memory. */
const cache = z.strictObject({
  maxEntries: z.number().int().min(1).max(10_000_000).default(10_000),
  maxBytes: z
    .number()
    .int()
    .min(1024)
    .max(2 ** 36)
    .default(64 * 2 ** 20),
  ttlMs: z
    .number()
    .int()
    .min(1)
    .max(365 * 86_400_000)
    .default(3_600_000),
});

const schema = z.strictObject({
  kind: z.enum(['image', 'tabular', 'raw']).optional(),
  task: z.enum(['classification', 'regression']).optional(),
  classLabels: z.array(z.string()).min(1).optional(),
  features: z
    .array(z.strictObject({ name: z.string().min(1), type: datatype.optional() }))
    .min(1)
    .optional(),
  preprocessing: z.array(step).min(1).optional(),
  layout: z.enum(['NCHW', 'NHWC']).optional(),
  channelOrder: z.enum(['RGB', 'BGR']).optional(),
  output: z.strictObject({ name: z.string().optional(), scores: z.enum(['logits', 'probabilities']).optional() }).optional(),
  labels: z
    .array(z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,62}$/, 'a label starts with a letter, then letters, digits, ".", "_" or "-"'))
    .optional(),
  champion: z.boolean().optional(),
  device: z.enum(['cpu', 'cuda']).optional(),
  threadProfile: z.enum(['auto', 'throughput', 'latency']).optional(),
  remote: remote.optional(),
  cache: z
    .union([z.boolean(), cache], 'true, false, or any of maxEntries, maxBytes and ttlMs, whole numbers above 0')
    .transform((given) => (given === true ? cache.parse({}) : given || undefined))
    .optional(),
});

/** `model.json` beside a model: every key is optional, unknown keys are refused (a misspelt key would be ignored silently otherwise). */
export type Manifest = z.output<typeof schema>;

/** @throws AppError INVALID_INPUT with a sentence that names the key. */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError('INVALID_INPUT', `model.json is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.length === 0 ? 'model.json' : `model.json: ${issue.path.join('.')}`}: ${issue.message}`,
  );
  throw new AppError('INVALID_INPUT', `${problems.join('; ')}.`);
}
