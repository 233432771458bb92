/** Null: the champion; a label does as well as a version. */
interface ModelAddress {
  readonly model: string;
  readonly version: string | null;
}

export type InferRoute = { readonly kind: 'infer' } & ModelAddress;

/** All versions of a model, in memory or out of it. */
export type ControlRoute = ({ readonly kind: 'load' } | { readonly kind: 'unload' }) & { readonly model: string };

/** What is asked about a server or a model, beside inference. */
export type DescriptionRoute =
  | { readonly kind: 'server' }
  | { readonly kind: 'live' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'index' }
  /** Null: of all versions of all models. */
  | { readonly kind: 'stats'; readonly address: ModelAddress | null }
  | ({ readonly kind: 'metadata' | 'modelReady' } & ModelAddress);

export type OpenInferenceRoute = InferRoute | ControlRoute | DescriptionRoute;

/** Where a path below /v2 leads; null: nowhere. */
export function routeOf(path: string): OpenInferenceRoute | null {
  const parts = decodeParts(path.replace(/\/$/, ''));
  if (!parts) return null;
  const [, room, name, ...rest] = parts;
  if (room === undefined) return { kind: 'server' };
  if (room === 'models' && name !== undefined) return modelRoute(name, rest);
  if (room === 'repository' && name === 'models') return controlRoute(rest);
  switch (parts.slice(1).join('/')) {
    case 'health/live':
      return { kind: 'live' };
    case 'health/ready':
      return { kind: 'ready' };
    case 'repository/index':
      return { kind: 'index' };
    default:
      return null;
  }
}

function controlRoute([model, verb, ...more]: readonly string[]): ControlRoute | null {
  if (model === undefined || more.length > 0 || (verb !== 'load' && verb !== 'unload')) return null;
  return { kind: verb, model };
}

function modelRoute(model: string, rest: readonly string[]): OpenInferenceRoute | null {
  if (model === 'stats' && rest.length === 0) return { kind: 'stats', address: null };
  const hasVersion = rest[0] === 'versions' && rest[1] !== undefined;
  const address = { model, version: hasVersion ? (rest[1] as string) : null };
  const [verb, ...more] = hasVersion ? rest.slice(2) : rest;
  if (more.length > 0) return null;
  switch (verb) {
    case undefined:
      return { kind: 'metadata', ...address };
    case 'ready':
      return { kind: 'modelReady', ...address };
    case 'infer':
      return { kind: 'infer', ...address };
    case 'stats':
      return { kind: 'stats', address };
    default:
      return null;
  }
}

function decodeParts(path: string): readonly string[] | null {
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
}
