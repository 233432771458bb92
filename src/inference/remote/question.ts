import type { InputFeatures } from '../../events/event';
import { encodeInferRequest, type RequestedOutput } from '../../open-inference/infer-request';
import type { Message, Parameters } from '../../open-inference/message';
import type { ImageLimits } from '../decode-image';
import { filesOf, tabularTensors } from '../feeds';
import type { ImagePlan } from '../image-plan';
import type { ModelPlan } from '../model-plan';
import { readNames } from '../output-plan';
import type { TabularInput } from '../tabular-inputs';
import { padRows } from '../tensor-rows';
import type { PreparedRow } from '../version-runner';
import type { WorkerPool } from '../worker-pool';
import type { RefusedRow } from '../worker-protocol';

/** The message that asks a server about some rows. */
export interface Question {
  readonly message: Message;
  /** Rows in it; more than were given where the batch size is fixed. */
  readonly rowsSent: number;
  /** One a row that was given. */
  readonly inputFeatures: readonly InputFeatures[];
  /** Blank in the message; where all are, nobody needs to be asked. */
  readonly refused: readonly RefusedRow[];
  readonly preprocessMs: number;
}

export type QuestionMaker = (rows: readonly PreparedRow[], parameters: Parameters) => Promise<Question>;

/** What all questions about a version have in common. */
export interface QuestionForm {
  readonly fixedBatchSize: number | null;
  /** What answers are read from; null: all outputs. */
  readonly outputs: readonly RequestedOutput[] | null;
  /** The server takes tensors as binary data. */
  readonly isBinary: boolean;
}

/** What a thread that prepares pictures is told when it starts. */
export interface PictureWorkerSettings {
  readonly image: ImagePlan;
  readonly imageLimits: ImageLimits;
  readonly form: QuestionForm;
}

export interface PictureJob {
  readonly kind: 'pictures';
  readonly files: readonly Uint8Array[];
  readonly parameters: Parameters;
  /** A client wants to see all outputs. */
  readonly wantsOutputs: boolean;
}

export type PicturePool = WorkerPool<PictureJob, Question>;

export function questionForm({ fixedBatchSize, output }: ModelPlan, isBinary: boolean): QuestionForm {
  const names = readNames(output);
  return { fixedBatchSize, isBinary, outputs: names.length === 0 ? null : names.map((name) => ({ name, parameters: {} })) };
}

/** Features are few, so their message is made where it is sent. */
export function askAboutFeatures(inputs: readonly TabularInput[], { fixedBatchSize, outputs, isBinary }: QuestionForm): QuestionMaker {
  return async (rows, parameters) => {
    const tabular = rows.flatMap((row) => (row.kind === 'tabular' ? [row.row] : []));
    const tensors = tabularTensors(
      inputs,
      tabular.map(({ cells }) => cells),
    );
    const padded = tensors.map((tensor) => padRows(tensor, tabular.length, fixedBatchSize));
    return {
      message: encodeInferRequest({ id: null, parameters, inputs: padded, outputs: wantsOutputs(rows) ? null : outputs }, isBinary),
      rowsSent: fixedBatchSize ?? rows.length,
      inputFeatures: tabular.map(({ inputFeatures }) => inputFeatures),
      refused: [],
      preprocessMs: 0,
    };
  };
}

/** Pictures are decoded and resized, and written as numbers where there is no binary data, in threads: one takes tens of milliseconds. */
export function askAboutPictures(pool: PicturePool): QuestionMaker {
  return (rows, parameters) => pool.run({ kind: 'pictures', files: filesOf(rows), parameters, wantsOutputs: wantsOutputs(rows) });
}

function wantsOutputs(rows: readonly PreparedRow[]): boolean {
  return rows.some(({ request }) => request?.wantsOutputs);
}
