import { z } from 'zod';

/*
 * The objects of the Open Inference Protocol (inference_rest.md and open_inference_rest.yaml of kserve/open-inference-protocol) and of Triton's extensions
 * to it: what must be there, and of which type. More may be there, as the protocol allows, so a misspelt name shows as one that is missing.
 */

const parameters = z.record(z.string(), z.unknown());
const shape = z.array(z.number().int().min(0));
const tensorData: z.ZodType = z.lazy(() => z.array(z.union([tensorData, z.number(), z.string(), z.boolean()])));
const metadataTensor = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.number().int().min(-1)) });
const jsonOutput = z.object({ name: z.string(), shape, datatype: z.string(), parameters: parameters.nullish(), data: tensorData });
/** The binary data extension puts the size in the place of the data. */
const binaryOutput = z
  .object({ name: z.string(), shape, datatype: z.string(), parameters: z.object({ binary_data_size: z.number().int().min(0) }) })
  .refine((output) => !('data' in output));
const duration = z.object({ count: z.number().int().min(0), ns: z.number().min(0).refine(Number.isInteger) });
const computing = { compute_input: duration, compute_infer: duration, compute_output: duration };

export const shapes = {
  server: z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  model: z.object({
    name: z.string(),
    versions: z.array(z.string()).nullish(),
    platform: z.string(),
    inputs: z.array(metadataTensor),
    outputs: z.array(metadataTensor),
  }),
  ready: z.object({ name: z.string(), ready: z.boolean() }),
  response: z.object({
    model_name: z.string(),
    model_version: z.string().nullish(),
    id: z.string().optional(),
    parameters: parameters.nullish(),
    outputs: z.array(z.union([jsonOutput, binaryOutput])).min(1),
  }),
  failure: z.strictObject({ error: z.string().min(1) }),
  index: z.array(
    z.object({
      name: z.string(),
      version: z.string().optional(),
      state: z.enum(['UNKNOWN', 'READY', 'UNAVAILABLE', 'LOADING', 'UNLOADING']),
      reason: z.string(),
    }),
  ),
  statistics: z.object({
    model_stats: z.array(
      z.object({
        name: z.string(),
        version: z.string().optional(),
        last_inference: z.number().int(),
        inference_count: z.number().int(),
        execution_count: z.number().int(),
        inference_stats: z.object({ success: duration, fail: duration, queue: duration, ...computing, cache_hit: duration.optional() }),
        batch_stats: z.array(z.object({ batch_size: z.number().int().min(1), ...computing })),
      }),
    ),
  }),
} as const;
