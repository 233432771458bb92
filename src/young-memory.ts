import { setFlagsFromString } from 'node:v8';

/**
 * Has the engine make every object among the young ones, where nearly all of a request ends. Left alone it notices that some survive (those of the requests
 * that are under way when it collects), makes all of their kind among the old ones from then on, and what these name lives as long as they do: until the
 * next full collection. A sixth of what a prediction made outlived it (docs/adr/0020). Holds for all threads of the process.
 */
export function keepYoungObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
