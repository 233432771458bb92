export interface CircuitBreakerOptions {
  /** Failures in a row after which nobody is let through. */
  readonly failuresToOpen: number;
  /** How long nobody is; then one goes first to see. */
  readonly openMs: number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number }
  /** `isProbing`: the one who went first has not come back. */
  | { readonly kind: 'half-open'; readonly isProbing: boolean };

/**
 * Spares a server that fails its callers' tries, and the callers the waiting. Closed: all are let through, until `failuresToOpen` failures in a row
 * open it. Open: nobody, for `openMs`. Half-open: one; its success closes it, its failure opens it again.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #state: State = { kind: 'closed', failures: 0 };

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  get state(): State['kind'] {
    return this.#state.kind;
  }

  /** After so many milliseconds it is worth to ask again; 0: somebody may go now. */
  get waitMs(): number {
    const { openMs, elapsedMs } = this.#options;
    switch (this.#state.kind) {
      case 'closed':
        return 0;
      case 'open':
        return Math.max(0, this.#state.untilMs - elapsedMs());
      default:
        return this.#state.isProbing ? openMs : 0;
    }
  }

  /** @returns 0: go, and say afterwards how it went; otherwise `waitMs`. */
  enter(): number {
    const { waitMs } = this;
    if (waitMs === 0 && this.#state.kind !== 'closed') this.#state = { kind: 'half-open', isProbing: true };
    return waitMs;
  }

  succeeded(): void {
    // Who entered before it opened knows less than the probe will.
    if (this.#state.kind !== 'open') this.#state = { kind: 'closed', failures: 0 };
  }

  failed(): void {
    const { failuresToOpen, openMs, elapsedMs } = this.#options;
    if (this.#state.kind === 'open') return;
    const failures = this.#state.kind === 'closed' ? this.#state.failures + 1 : failuresToOpen;
    this.#state = failures < failuresToOpen ? { kind: 'closed', failures } : { kind: 'open', untilMs: elapsedMs() + openMs };
  }

  /** It went neither well nor ill, as when the caller left. */
  abstained(): void {
    if (this.#state.kind === 'half-open') this.#state = { kind: 'half-open', isProbing: false };
  }
}
