import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

/**
 * The server to be better than: the documented way to put Apollo Server, onnxruntime-node and sharp together. It answers the same query as
 * ours; it has no batching, no worker threads, no journal, no statistics, no limits, and its resize is not the one that training used.
 */
export interface NaiveModel {
  readonly name: string;
  readonly path: string;
  readonly inputName: string;
  readonly image: {
    readonly width: number;
    readonly height: number;
    readonly isGrey: boolean;
    readonly mean: readonly number[];
    readonly std: readonly number[];
  } | null;
  readonly features: readonly string[];
  readonly scoresName: string;
  readonly isClassifier: boolean;
  readonly appliesSoftmax: boolean;
  readonly classLabels: readonly string[];
}

interface PredictInput {
  readonly model: string;
  readonly image?: string;
  readonly features?: Record<string, number>;
}

const shownClasses = 5;

const typeDefs = `
  scalar JSONObject
  type Query { models: [String!]! }
  type Mutation {
    predict(input: PredictInput!): Prediction!
    predictBatch(input: PredictBatchInput!): BatchPrediction!
  }
  input PredictInput { model: String! image: String features: JSONObject deadlineMs: Int }
  input PredictBatchInput { items: [PredictInput!]! }
  type BatchPrediction { results: [Prediction!]! }
  type ClassProbability { class: Int! label: String! probability: Float! }
  type Prediction {
    id: ID! version: String! label: String confidence: Float
    probabilities: [ClassProbability!]! predictedClass: Int value: Float
  }
`;

async function imageTensor(base64: string, { width, height, isGrey, mean, std }: NonNullable<NaiveModel['image']>): Promise<Tensor> {
  const resized = sharp(Buffer.from(base64, 'base64')).resize(width, height, { fit: 'fill' }).removeAlpha();
  const pixels = await (isGrey ? resized.greyscale() : resized).raw().toBuffer();
  const channels = isGrey ? 1 : 3;
  const data = new Float32Array(channels * width * height);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < channels; c++)
      data[c * width * height + i] = ((pixels[i * channels + c] as number) / 255 - (mean[c] as number)) / (std[c] as number);
  return new Tensor('float32', data, [1, channels, height, width]);
}

function rowTensor(inputs: readonly PredictInput[], features: readonly string[]): Tensor {
  const rows = inputs.flatMap((input) => features.map((name) => Number(input.features?.[name])));
  return new Tensor('float32', Float32Array.from(rows), [inputs.length, features.length]);
}

function toPrediction(model: NaiveModel, scores: readonly number[]) {
  const base = { id: randomUUID(), version: '1' };
  if (!model.isClassifier) return { ...base, label: null, confidence: null, probabilities: [], predictedClass: null, value: scores[0] };
  const largest = Math.max(...scores);
  const powers = model.appliesSoftmax ? scores.map((score) => Math.exp(score - largest)) : scores;
  const sum = model.appliesSoftmax ? powers.reduce((a, b) => a + b, 0) : 1;
  const probabilities = powers
    .map((power, index) => ({ class: index, label: model.classLabels[index], probability: power / sum }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, shownClasses);
  const [best] = probabilities;
  return { ...base, label: best?.label, confidence: best?.probability, probabilities, predictedClass: best?.class, value: null };
}

async function main(): Promise<void> {
  const models = JSON.parse(process.env.NAIVE_MODELS ?? '[]') as NaiveModel[];
  const loaded = new Map<string, { readonly model: NaiveModel; readonly session: InferenceSession }>();
  for (const model of models) loaded.set(model.name, { model, session: await InferenceSession.create(model.path) });

  async function predict(inputs: readonly PredictInput[]) {
    const { model, session } = loaded.get(inputs[0]?.model ?? '') ?? {};
    if (!model || !session) throw new Error('no such model');
    const tensor = model.image ? await imageTensor(inputs[0]?.image ?? '', model.image) : rowTensor(inputs, model.features);
    const scores = Array.from((await session.run({ [model.inputName]: tensor }))[model.scoresName]?.data as Float32Array);
    const columns = scores.length / inputs.length;
    return inputs.map((_, row) => toPrediction(model, scores.slice(row * columns, (row + 1) * columns)));
  }

  const resolvers = {
    Query: { models: () => [...loaded.keys()] },
    Mutation: {
      predict: async (_: unknown, { input }: { input: PredictInput }) => (await predict([input]))[0],
      predictBatch: async (_: unknown, { input }: { input: { items: PredictInput[] } }) => ({ results: await predict(input.items) }),
    },
  };
  const server = new ApolloServer({ typeDefs, resolvers });
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
  process.stdout.write(`Naive server ready at port ${new URL(url).port}\n`);
}

void main();
