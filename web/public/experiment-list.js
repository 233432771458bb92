import { request } from './connection.js';

const query = `query ($after: String) {
  running: experiments(first: 100, filter: { status: RUNNING }) { nodes { ...shown } }
  paused: experiments(first: 100, filter: { status: PAUSED }) { nodes { ...shown } }
  drafts: experiments(first: 100, filter: { status: DRAFT }) { nodes { ...shown } }
  all: experiments(first: 20, after: $after) { nodes { ...shown } pageInfo { hasNextPage endCursor } } }
fragment shown on Experiment { key name kind status model hypothesis shippedVariant primaryMetric secondaryMetrics guardrails { metric }
  rollout { step steps { share } } bandit { chancesToBeBest { variant chance } } variants { key name version weight isControl } }`;

/** The experiments that are not over, then the others on so many pages; each the newest first. */
export async function listExperiments(pages) {
  let after = null;
  const found = [];
  for (let page = 0; page < pages; page += 1) {
    const { running, paused, drafts, all } = await request(query, { after });
    if (page === 0) found.push(...running.nodes, ...paused.nodes, ...drafts.nodes);
    found.push(...all.nodes);
    after = all.pageInfo.hasNextPage ? all.pageInfo.endCursor : null;
    if (after === null) break;
  }
  const experiments = [...new Map(found.map((experiment) => [experiment.key, experiment])).values()];
  return { experiments, hasMore: after !== null };
}
