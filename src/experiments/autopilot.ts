import type { Logger } from '../events/logger';
import { type AutomaticMove, automaticMove, movesByItself } from './automatic-move';
import { type BanditMove, banditMove } from './bandit-move';
import { dueRound } from './bandit-phases';
import type { Experiment } from './experiment';
import type { ExperimentResults } from './experiment-results';
import type { ExperimentService } from './experiment-service';
import { FormError } from './form-error';
import { guardrailActor } from './guardrail';
import { SparseLog } from './sparse-log';

export interface AutopilotOptions {
  /** The experiments that run, from memory: asked again and again. */
  readonly running: () => readonly Experiment[];
  readonly results: (key: string) => Promise<ExperimentResults>;
  readonly experiments: Pick<ExperimentService, 'stop' | 'rollBack' | 'advance' | 'ship' | 'reweight'>;
  readonly now: () => Date;
  readonly logger: Logger;
}

type Move = AutomaticMove | BanditMove;

/** Who moves, in the history. */
const actors: Readonly<Record<Move['kind'], string>> = {
  stop: guardrailActor,
  rollBack: 'rollout',
  advance: 'rollout',
  ship: 'rollout',
  reweight: 'bandit',
};

/** Makes the moves that running experiments make by themselves, so that nobody needs to be awake for them. */
export class Autopilot {
  readonly #options: AutopilotOptions;
  readonly #failures = new SparseLog();
  /** By experiment, the last round of a bandit's weights that is done with. */
  readonly #rounds = new Map<string, number>();

  constructor(options: AutopilotOptions) {
    this.#options = options;
  }

  /** Looks once at each experiment that may move. What fails is told, and the next look comes all the same. */
  async look(): Promise<void> {
    const { running, logger } = this.#options;
    for (const experiment of running().filter((one) => movesByItself(one) || this.#dueRound(one) !== null)) {
      try {
        await this.#lookAt(experiment);
        this.#failures.over(experiment.key);
      } catch (error) {
        const nowMs = this.#options.now().getTime();
        if (this.#failures.isDue(experiment.key, nowMs)) logger.warn('autopilot_failed', { experiment: experiment.key, error });
      }
    }
  }

  async #lookAt(experiment: Experiment): Promise<void> {
    const { results, now, logger } = this.#options;
    const { key } = experiment;
    const round = this.#dueRound(experiment);
    const found = await results(key);
    const move = automaticMove(experiment, found, now()) ?? (round === null ? null : banditMove(experiment, found));
    // Also when nothing changes: the next look at the weights is in the next round.
    if (round !== null && !move) this.#rounds.set(key, round);
    if (!move) return;
    logger.info('autopilot_moves', { experiment: key, move: move.kind, reason: move.reason });
    try {
      await this.#make(experiment, move);
    } catch (error) {
      // Somebody, or another replica, was faster; or what is to be shipped is not ready here, and the next look tries again.
      if (!(error instanceof FormError)) throw error;
      logger.info('autopilot_overtaken', { experiment: key, move: move.kind, error });
    }
  }

  #dueRound(experiment: Experiment): number | null {
    const round = dueRound(experiment, this.#options.now());
    return round === this.#rounds.get(experiment.key) ? null : round;
  }

  #make({ key, revision }: Experiment, move: Move): Promise<Experiment> {
    const { experiments } = this.#options;
    const actor = actors[move.kind];
    switch (move.kind) {
      case 'stop':
        return experiments.stop(key, move.reason, actor);
      case 'rollBack':
        return experiments.rollBack(key, move.reason, actor);
      case 'advance':
        return experiments.advance(key, revision, move.reason, actor);
      case 'ship':
        return experiments.ship(key, move.variant, move.reason, actor);
      case 'reweight':
        return experiments.reweight(key, revision, move.weights, move.reason, actor);
    }
  }
}
