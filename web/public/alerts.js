import { element } from './dom.js';

const query = 'subscription { driftAlerts { id kind severity state model version feature message updatedAt } }';
const tones = { HIGH: 'bad', MEDIUM: 'warn', LOW: 'soft', NONE: 'soft' };

export function showAlerts(subscriptions) {
  const place = document.getElementById('alerts');
  const open = new Map();
  const show = () => {
    const newestFirst = [...open.values()].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
    place.replaceChildren(...(newestFirst.length === 0 ? [element('p', { class: 'soft' }, 'None.')] : newestFirst.map(card)));
  };
  show();
  subscriptions.subscribe(query, {}, ({ driftAlerts: alert }) => {
    if (alert.state === 'RESOLVED') open.delete(alert.id);
    else open.set(alert.id, alert);
    show();
  });
}

function card({ severity, state, kind, model, version, feature, message }) {
  const title = [model, version, kind.toLowerCase(), feature].filter((part) => part !== null).join(' · ');
  return element(
    'article',
    {},
    element(
      'h3',
      {},
      element('span', { class: `badge ${tones[severity]}` }, severity),
      ` ${title} `,
      element('span', { class: 'badge soft' }, state),
    ),
    element('p', {}, message),
  );
}
