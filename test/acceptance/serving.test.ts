import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { heldOutDigits, root, Server } from './server';

interface Expected {
  readonly versions: Record<
    string,
    { readonly accuracy: number; readonly answers: Record<string, { readonly class: number; readonly probabilities: readonly number[] }> }
  >;
}
interface Predicted {
  readonly predictedClass: number;
  readonly probabilities: readonly { readonly class: number; readonly probability: number }[];
}

const fields = 'predictedClass probabilities { class probability }';
const predictMutation = `mutation ($input: PredictInput!) { predict(input: $input) { ${fields} } }`;
const batchMutation = `mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { batchSize results { ... on Prediction { ${fields} } ... on PredictionFailure { index code message } } } }`;

function expected(model: string): Expected {
  return JSON.parse(readFileSync(join(root, 'demo/data', model, 'expected.json'), 'utf8'));
}

/** Largest difference of a probability; the classes are compared by the caller. */
function largestDifference({ probabilities }: Predicted, wanted: readonly number[]): number {
  return Math.max(...probabilities.map((one) => Math.abs(one.probability - (wanted[one.class] as number))));
}

describe('predictions over GraphQL', () => {
  const server = new Server();
  const digits = heldOutDigits();

  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it.each(Object.entries(expected('digits').versions))(
    'equal the trainer, image by image: digits version %s',
    async (version, { accuracy, answers }) => {
      let right = 0;
      for (let from = 0; from < digits.length; from += 16) {
        await Promise.all(
          digits.slice(from, from + 16).map(async ({ file, image, label }) => {
            const { predict } = await server.data<{ predict: Predicted }>(predictMutation, {
              input: { model: 'digits', version, image, topK: 10 },
            });
            const wanted = answers[file] as { readonly class: number; readonly probabilities: readonly number[] };
            expect([file, predict.predictedClass]).toEqual([file, wanted.class]);
            expect(largestDifference(predict, wanted.probabilities)).toBeLessThan(1e-4);
            right += Number(predict.predictedClass === label);
          }),
        );
      }
      expect(right / digits.length).toBeCloseTo(accuracy, 5);
    },
  );

  it('give the accuracies that README states', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    for (const model of ['digits', 'breast-cancer']) {
      for (const [version, { accuracy }] of Object.entries(expected(model).versions)) {
        expect(readme).toMatch(new RegExp(`\\\`${model}\\\` \\| ${version} \\|.*${accuracy.toFixed(3)}`));
      }
    }
  });

  it('are the same for 32 images in one batch', async () => {
    const some = digits.slice(100, 132);
    const answers = expected('digits').versions['3']?.answers ?? {};
    const items = some.map(({ image }) => ({ model: 'digits', version: '3', image, topK: 10 }));
    const { predictBatch } = await server.data<{ predictBatch: { batchSize: number; results: readonly Predicted[] } }>(batchMutation, {
      input: { items },
    });
    expect(predictBatch.batchSize).toBe(32);
    for (const [index, { file }] of some.entries()) {
      const wanted = answers[file] as { readonly class: number; readonly probabilities: readonly number[] };
      const result = predictBatch.results[index] as Predicted;
      expect(result.predictedClass).toBe(wanted.class);
      expect(largestDifference(result, wanted.probabilities)).toBeLessThan(1e-4);
    }
  });

  it.each(Object.entries(expected('breast-cancer').versions))(
    'equal the trainer, row by row: breast-cancer version %s',
    async (version, { answers }) => {
      const [header, ...lines] = readFileSync(join(root, 'demo/data/breast-cancer/rows.csv'), 'utf8').trim().split(/\r?\n/);
      const names = (header as string).split(',');
      const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], Number(cell)])));
      for (let from = 0; from < rows.length; from += 32) {
        const items = rows.slice(from, from + 32).map((features) => ({ model: 'breast-cancer', version, features }));
        const { predictBatch } = await server.data<{ predictBatch: { results: readonly Predicted[] } }>(batchMutation, {
          input: { items },
        });
        for (const [index, result] of predictBatch.results.entries()) {
          const wanted = answers[String(from + index)] as { readonly class: number; readonly probabilities: readonly number[] };
          expect([from + index, result.predictedClass]).toEqual([from + index, wanted.class]);
          expect(largestDifference(result, wanted.probabilities)).toBeLessThan(1e-4);
        }
      }
    },
  );
});
