const empty = { BYTES: '', BOOL: false };

/** A row to fill in: every feature by its name. */
export function featuresTemplate(features) {
  return JSON.stringify(Object.fromEntries(features.map(({ name, datatype }) => [name, empty[datatype] ?? 0])), null, 1);
}

/** What was typed: JSON by name, or the values in order, as a row of a CSV file has them. */
export function readFeatures(text) {
  try {
    return text.trim().startsWith('{') ? JSON.parse(text) : { values: JSON.parse(`[${text.trim().replace(/,$/, '')}]`) };
  } catch {
    throw new Error('Write the features as JSON, {"name": 1.5, ...}, or all their values in order, 1.5, 2, ...');
  }
}
