import { AppError } from '../../errors';
import type { InferenceRequest, InferenceResult, LoadedVersion, ModelInput } from '../../model-registry/inference-engine';
import { VersionAround } from '../version-around';

/** Lets each caller go at its own deadline: rows that travel together may have different ones, and their journey lasts as long as the last. */
export class PunctualVersion extends VersionAround {
  readonly #elapsedMs: () => number;
  readonly #outage: () => AppError | null;

  /** @param outage why the server is not asked now; null: it is. */
  constructor(inner: LoadedVersion, elapsedMs: () => number, outage: () => AppError | null) {
    super(inner);
    this.#elapsedMs = elapsedMs;
    this.#outage = outage;
  }

  override get outage(): AppError | null {
    return this.#outage();
  }

  override async infer(input: ModelInput, request: InferenceRequest = {}): Promise<InferenceResult> {
    const { deadlineAtMs } = request;
    const answering = this.inner.infer(input, request);
    if (deadlineAtMs === undefined) return answering;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const onLate = () => reject(new AppError('DEADLINE_EXCEEDED', 'The remote server did not answer before the deadline.'));
      timer = setTimeout(onLate, Math.max(0, deadlineAtMs - this.#elapsedMs()));
    });
    try {
      return await Promise.race([answering, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
