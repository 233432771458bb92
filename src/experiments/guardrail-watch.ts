import type { Logger } from '../events/logger';
import type { Experiment } from './experiment';
import type { ExperimentResults } from './experiment-results';
import { FormError } from './form-error';

export interface GuardrailWatchOptions {
  /** The experiments that run, from memory: asked again and again. */
  readonly running: () => readonly Experiment[];
  readonly results: (key: string) => Promise<ExperimentResults>;
  readonly stop: (key: string, reason: string, actor: string) => Promise<unknown>;
  readonly logger: Logger;
}

const actor = 'guardrail';

/** Stops experiments whose guardrails say so: their treatments do more harm than the plan allows, and nobody needs to be awake for it. */
export class GuardrailWatch {
  readonly #options: GuardrailWatchOptions;

  constructor(options: GuardrailWatchOptions) {
    this.#options = options;
  }

  /** Looks once at each running experiment that has a guardrail which stops. What fails is told, and the next look comes all the same. */
  async look(): Promise<void> {
    const { running, logger } = this.#options;
    for (const { key, guardrails } of running()) {
      if (!guardrails.some(({ action }) => action === 'STOP')) continue;
      try {
        await this.#lookAt(key);
      } catch (error) {
        logger.warn('guardrails_not_looked_at', { experiment: key, error });
      }
    }
  }

  async #lookAt(key: string): Promise<void> {
    const { results, stop, logger } = this.#options;
    const { guardrails, decision } = await results(key);
    const crossed = guardrails.find(({ state, action }) => state === 'CROSSED' && action === 'STOP');
    // A broken split comes first in the verdict, for then nobody knows what harms whom.
    if (!crossed || decision.action !== 'ROLL_BACK') return;
    logger.warn('guardrail_crossed', { experiment: key, metric: crossed.metric, variant: crossed.variant, reason: decision.reason });
    try {
      await stop(key, decision.reason, actor);
    } catch (error) {
      // Somebody, or another replica, was faster.
      if (!(error instanceof FormError)) throw error;
    }
  }
}
