import { element } from './dom.js';
import { ExperimentCard } from './experiment-card.js';
import { listExperiments } from './experiment-list.js';
import { learnMetrics } from './metric-words.js';

const relistMs = 3000;

export function showExperiments(subscriptions) {
  const place = document.getElementById('experiments');
  const none = element('p', { class: 'soft' }, 'None yet. Create one with the mutation createExperiment; README shows how.');
  const more = element('button', { type: 'button' }, 'Show older ones');
  const cards = new Map();
  let pages = 1;
  const relist = async () => {
    const { experiments, hasMore } = await listExperiments(pages);
    await learnMetrics(experiments.flatMap(metricsOf));
    for (const [index, experiment] of experiments.entries()) {
      // What is over is folded up, but for one that has nothing above it.
      if (!cards.has(experiment.key)) cards.set(experiment.key, new ExperimentCard(experiment, subscriptions, index === 0));
      cards.get(experiment.key).show(experiment);
    }
    const articles = experiments.map(({ key }) => cards.get(key).article);
    arrange(place, [...articles, ...(articles.length === 0 ? [none] : []), ...(hasMore ? [more] : [])]);
  };
  const loop = () =>
    relist()
      .catch(() => {})
      .finally(() => setTimeout(loop, relistMs));
  more.addEventListener('click', () => {
    pages += 1;
    relist().catch(() => {});
  });
  loop();
}

/** What is in its place already is not touched, so that it keeps the focus. */
function arrange(place, nodes) {
  const isArranged = nodes.length === place.childNodes.length && nodes.every((node, index) => node === place.childNodes[index]);
  if (!isArranged) place.replaceChildren(...nodes);
}

function metricsOf({ primaryMetric, secondaryMetrics, guardrails }) {
  return [primaryMetric, ...secondaryMetrics, ...guardrails.map(({ metric }) => metric)];
}
