import type { InputFeatures } from '../../events/event';
import { encodeInferRequest, type RequestedOutput } from '../../open-inference/infer-request';
import type { Message, Parameters } from '../../open-inference/message';
import type { ByteImage } from '../../tensor/pillow-resize';
import { tabularTensors } from '../feeds';
import type { ImagePlan } from '../image-plan';
import type { ModelPlan, TabularInput } from '../model-plan';
import type { PreparedRow } from '../version-runner';
import type { WorkerPool } from '../worker-pool';

/** The message that asks a server about some rows. */
export interface Question {
  readonly message: Message;
  /** Rows in it; more than were given where the batch size is fixed. */
  readonly rowsSent: number;
  /** One a row that was given. */
  readonly inputFeatures: readonly InputFeatures[];
  readonly preprocessMs: number;
}

export type QuestionMaker = (rows: readonly PreparedRow[], parameters: Parameters) => Promise<Question>;

/** What all questions about a version have in common. */
export interface QuestionForm {
  readonly fixedBatchSize: number | null;
  readonly outputs: readonly RequestedOutput[];
  /** The server takes tensors as binary data. */
  readonly isBinary: boolean;
}

/** What a thread that prepares pictures is told when it starts. */
export interface PictureWorkerSettings {
  readonly image: ImagePlan;
  readonly form: QuestionForm;
}

export interface PictureJob {
  readonly images: readonly ByteImage[];
  readonly parameters: Parameters;
}

export type PicturePool = WorkerPool<PictureJob, Question>;

export function questionForm({ fixedBatchSize, output }: ModelPlan, isBinary: boolean): QuestionForm {
  const names = output.task === 'regression' ? [output.valueName] : [output.scoresName, output.decisionName];
  return { fixedBatchSize, isBinary, outputs: names.flatMap((name) => (name === null ? [] : [{ name, parameters: {} }])) };
}

/** Features are few, so their message is made where it is sent. */
export function askAboutFeatures(inputs: readonly TabularInput[], { fixedBatchSize, outputs, isBinary }: QuestionForm): QuestionMaker {
  return async (rows, parameters) => {
    const tabular = rows.flatMap((row) => (row.kind === 'tabular' ? [row.row] : []));
    const rowsSent = fixedBatchSize ?? rows.length;
    // A model with a fixed batch size gets its rows filled up by repeating the last one.
    const cells = Array.from({ length: rowsSent }, (_, at) => tabular[Math.min(at, tabular.length - 1)]?.cells ?? []);
    return {
      message: encodeInferRequest({ id: null, parameters, inputs: tabularTensors(inputs, cells), outputs }, isBinary),
      rowsSent,
      inputFeatures: tabular.map(({ inputFeatures }) => inputFeatures),
      preprocessMs: 0,
    };
  };
}

/** Pictures are resized, and written as numbers where there is no binary data, in threads: one takes tens of milliseconds. */
export function askAboutPictures(pool: PicturePool): QuestionMaker {
  return (rows, parameters) => pool.run({ images: rows.flatMap((row) => (row.kind === 'image' ? [row.image] : [])), parameters });
}
