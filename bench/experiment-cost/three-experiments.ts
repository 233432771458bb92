/** The models under test: copies of one, of which only the first is in experiments. */
export const [insideModel, outsideModel] = ['inside', 'outside'];

const parts = [0, 1 / 3, 2 / 3, 1];

/** Each takes its third of all units, so that every unit is inside one of them and is considered by all. */
export function threeExperiments() {
  return parts.slice(1).map((end, index) => ({
    key: `third-${index + 1}`,
    model: insideModel,
    // The same version twice: what the experiment costs shall not be what another version costs.
    variants: [
      { key: 'control', version: '1' },
      { key: 'treatment', version: '1' },
    ],
    primaryMetric: 'accuracy',
    secondaryMetrics: ['latency_ms', 'error_rate', 'confidence'],
    segments: ['country'],
    namespace: { id: 'thirds', start: parts[index] as number, end },
  }));
}
