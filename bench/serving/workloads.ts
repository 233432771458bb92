import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ceiling } from '../contenders/ceiling';
import { type BenchModel, modelFilesIn, prepareModel } from './bench-model';
import type { Part, ServingOptions } from './options';
import { makePictures, mulberry32, readPhotos } from './pictures';
import type { RightAnswer, Workload } from './workload';

const pictureCount = 16;
const rowCount = 64;
const batchRows = 32;
const mobileNet = 'bench/models/mobilenetv3-small/1/model.onnx';
const sampleImageModel = 'models/digits/3/model.onnx';
const sampleRowModel = 'models/breast-cancer/1/model.onnx';
const sampleRows = 'demo/data/breast-cancer/rows.csv';

export interface BenchModels {
  readonly image: BenchModel | null;
  readonly tabular: BenchModel | null;
  /** What the reader must know about the choice. */
  readonly remarks: readonly string[];
}

export function prepareModels({ modelsDir }: ServingOptions, servedDir: string, plainDir: string): BenchModels {
  const remarks: string[] = [];
  const files = modelsDir === null ? [existsSync(mobileNet) ? mobileNet : sampleImageModel, sampleRowModel] : modelFilesIn(modelsDir);
  if (modelsDir === null && !existsSync(mobileNet))
    remarks.push(
      `${mobileNet} is not there, so images go to the small digits model. Make it with: python3 training/export_mobilenet.py ` +
        '(Debian: apt-get install python3-torch python3-torchvision python3-onnx).',
    );
  const models = files.flatMap((file) => {
    try {
      return [prepareModel(file, servedDir, plainDir)];
    } catch (error) {
      remarks.push(`${file} is left out: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
  const first = (kind: 'image' | 'tabular') => models.find((model) => model.plan.input.kind === kind) ?? null;
  return { image: first('image'), tabular: first('tabular'), remarks };
}

/** The right answers come from the exact path, each input alone. */
export async function makeWorkloads(models: BenchModels, wanted: readonly Part[], options: ServingOptions, ceiling: Ceiling) {
  const workloads: Workload[] = [];
  const { image, tabular } = models;
  if (image && wanted.includes('image224')) workloads.push(await imageWorkload('image224', image, [224, 224], options, ceiling));
  if (image && wanted.includes('image640')) workloads.push(await imageWorkload('image640', image, [640, 480], options, ceiling));
  if (tabular && wanted.includes('tabular')) workloads.push(...(await tabularWorkloads(tabular, ceiling)));
  return workloads;
}

async function imageWorkload(
  name: 'image224' | 'image640',
  model: BenchModel,
  [width, height]: readonly [number, number],
  { photosDir }: ServingOptions,
  ceiling: Ceiling,
): Promise<Workload> {
  const pictures = await (photosDir === null ? makePictures(width, height, pictureCount) : readPhotos(photosDir, width, height));
  const answers = await ceiling.answers(
    model,
    pictures.map(({ bytes }) => ({ image: bytes })),
  );
  const kilobytes = pictures.reduce((sum, { bytes }) => sum + bytes.length, 0) / pictures.length / 1000;
  const distinct = new Set(answers.map((answer) => JSON.stringify(answer))).size;
  return {
    name,
    model,
    title: `${width}x${height} JPEG, ${kilobytes.toFixed(1)} kB on average, as base64; ${model.name}; ${pictures.length} pictures, ${distinct} different answers`,
    rowsPerRequest: 1,
    samples: pictures.map((picture, index) => ({ kind: 'image', ...picture, answer: answers[index] as RightAnswer })),
  };
}

async function tabularWorkloads(model: BenchModel, ceiling: Ceiling): Promise<readonly Workload[]> {
  const columns = model.plan.description.features.length;
  const rows = rowsFor(model, columns);
  const answers = await ceiling.answers(
    model,
    rows.map((row) => ({ row })),
  );
  const distinct = new Set(answers.map((answer) => JSON.stringify(answer))).size;
  const title = `${model.name}, ${columns} features by name`;
  return [
    {
      name: 'tabular',
      model,
      title: `one row a request; ${title}; ${rows.length} rows, ${distinct} different answers`,
      rowsPerRequest: 1,
      samples: rows.map((row, index) => ({ kind: 'rows', rows: [row], answers: [answers[index] as RightAnswer] })),
    },
    {
      name: 'tabular-batch',
      model,
      title: `${batchRows} rows a request; ${title}`,
      rowsPerRequest: batchRows,
      samples: [0, batchRows].map((from) => ({
        kind: 'rows',
        rows: rows.slice(from, from + batchRows),
        answers: answers.slice(from, from + batchRows),
      })),
    },
    {
      name: 'trivial',
      model: null,
      title: '{ __typename }: what a request costs that asks for nothing',
      rowsPerRequest: 1,
      samples: [{ kind: 'trivial' }],
    },
  ];
}

/** Real rows for the sample model; for others, normal noise. */
function rowsFor(model: BenchModel, columns: number): readonly (readonly number[])[] {
  if (model.name === 'breast-cancer') {
    const [, ...lines] = readFileSync(join(process.cwd(), sampleRows), 'utf8').trim().split(/\r?\n/);
    return lines.slice(0, rowCount).map((line) => line.split(',').map(Number));
  }
  const random = mulberry32(1);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: rowCount }, () => Array.from({ length: columns }, normal));
}
