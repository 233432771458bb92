import { AppError } from '../errors';
import type { JsonObject } from '../events/event';
import { isPlainJson, isStorable, unstorableSentence } from '../events/storable';

/** What is recorded as the client sent it. Of features only what the model reads is recorded, and its reader refuses the rest. */
interface Recorded {
  readonly unitId: string | null;
  readonly attributes: JsonObject | null;
}

const maxAttributesLength = 16_384;

/** Why a command cannot be recorded; null: it can. What is acknowledged must be kept, so what cannot be kept is refused at the door. */
export function unfitCommand({ unitId, attributes }: Recorded): AppError | null {
  if (!isStorable(unitId)) return new AppError('BAD_USER_INPUT', `unitId ${unstorableSentence}`);
  if (attributes === null) return null;
  return isStorable(attributes) ? unfitAttributes(attributes) : new AppError('BAD_USER_INPUT', `attributes ${unstorableSentence}`);
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
