/** Does the work again and again, `pauseMs` after each end; a failure is told and the next turn comes all the same. @returns what ends it. */
export function repeat(pauseMs: number, work: () => Promise<unknown>, onError: (error: unknown) => void): () => Promise<void> {
  let isEnded = false;
  let timer: NodeJS.Timeout;
  let running: Promise<unknown> = Promise.resolve();
  const turn = () => {
    timer = setTimeout(() => {
      running = work()
        .catch(onError)
        .finally(() => {
          if (!isEnded) turn();
        });
    }, pauseMs);
    timer.unref();
  };
  turn();
  return async () => {
    isEnded = true;
    clearTimeout(timer);
    await running;
  };
}
