import { AppError } from '../errors';
import type { JsonObject, JsonValue } from '../events/event';
import { isPlainJson, isStorable, unstorableSentence } from '../events/storable';
import type { ModelInput } from '../model-registry/inference-engine';

/** What a client may fill with anything. */
interface Recorded {
  readonly unitId: string | null;
  readonly attributes: JsonObject | null;
  readonly input: ModelInput;
}

const maxAttributesLength = 16_384;

/** Why a command cannot be recorded; null: it can. What is acknowledged must be kept, so what cannot be kept is refused at the door. */
export function unfitCommand({ unitId, attributes, input }: Recorded): AppError | null {
  const parts: readonly (readonly [string, JsonValue])[] = [
    ['unitId', unitId],
    ['attributes', attributes],
    ['features', input.kind === 'features' ? input.features : null],
  ];
  const found = parts.find(([, value]) => !isStorable(value));
  if (found) return new AppError('BAD_USER_INPUT', `${found[0]} ${unstorableSentence}`);
  return attributes && unfitAttributes(attributes);
}

/** They are recorded with each prediction, and kept in memory for a while: an essay has no place in them. */
function unfitAttributes(attributes: JsonObject): AppError | null {
  if (!isPlainJson(attributes)) return new AppError('BAD_USER_INPUT', 'attributes holds a file, or a number that is not finite.');
  const { length } = JSON.stringify(attributes);
  if (length <= maxAttributesLength) return null;
  return new AppError(
    'BAD_USER_INPUT',
    `attributes has ${length} characters as JSON; at most ${maxAttributesLength} are taken. Send what targeting and segments need.`,
  );
}
