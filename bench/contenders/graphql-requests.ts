import type { LoadRequest } from '../load/load-job';
import type { BenchModel } from '../serving/bench-model';
import type { RightAnswer, Sample, Workload } from '../serving/workload';
import { postJson } from './http-request';

/** What an ordinary client asks for. The class stands last, so that the text of a right answer is one of a kind: 7} is not the start of 71. */
const fields = 'id version label confidence probabilities { class label probability }';
const lastField = (model: BenchModel) => (model.plan.output.task === 'classification' ? 'predictedClass' : 'value');

const single = (model: BenchModel) => `mutation ($input: PredictInput!) { predict(input: $input) { ${fields} ${lastField(model)} } }`;
const batch = (model: BenchModel) =>
  `mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { results { ... on Prediction { ${fields} ${lastField(model)} } } } }`;

/** The same requests for every server that speaks this schema. */
export function graphqlRequests(path: string, { model, samples }: Workload, deadlineMs: number | null): readonly LoadRequest[] {
  return samples.map((sample) => {
    if (model === null || sample.kind === 'trivial')
      return { bytes: postJson(path, { query: '{ __typename }' }), expected: ['{"data":{"__typename":"Query"}}'] };
    const inputs = inputsOf(model, sample).map((input) => (deadlineMs === null ? input : { ...input, deadlineMs }));
    const isSingle = inputs.length === 1;
    const body = isSingle
      ? { query: single(model), variables: { input: inputs[0] } }
      : { query: batch(model), variables: { input: { items: inputs } } };
    return { bytes: postJson(path, body), expected: answersOf(sample).map(textOf) };
  });
}

function inputsOf(model: BenchModel, sample: Exclude<Sample, { kind: 'trivial' }>): readonly object[] {
  if (sample.kind === 'image') return [{ model: model.name, image: sample.bytes.toString('base64') }];
  const names = model.plan.description.features.map((feature) => feature.name);
  return sample.rows.map((row) => ({ model: model.name, features: Object.fromEntries(names.map((name, i) => [name, row[i]])) }));
}

function answersOf(sample: Exclude<Sample, { kind: 'trivial' }>): readonly RightAnswer[] {
  return sample.kind === 'image' ? [sample.answer] : sample.answers;
}

function textOf(answer: RightAnswer): string {
  return 'value' in answer ? `"value":${JSON.stringify(answer.value)}}` : `"predictedClass":${answer.predictedClass}}`;
}
