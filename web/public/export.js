import { request } from './connection.js';
import { element } from './dom.js';

const exportQuery =
  'query ($key: String!, $format: ExportFormat!) { experimentExport(key: $key, format: $format) { fileName contentType text } }';

/** Two links that save the results of an experiment; the request carries the key that a plain link would not. */
export function exportLinks(key) {
  const links = ['CSV', 'JSON'].map((format) => {
    const link = element('a', { href: '#experiments-title' }, format);
    link.addEventListener('click', (event) => {
      event.preventDefault();
      save(key, format).catch(({ message }) => link.setAttribute('title', message));
    });
    return link;
  });
  return element('p', { class: 'soft' }, 'Save the results: ', links[0], ' ', links[1]);
}

async function save(key, format) {
  const { experimentExport } = await request(exportQuery, { key, format });
  const { fileName, contentType, text } = experimentExport;
  const url = URL.createObjectURL(new Blob([text], { type: contentType }));
  element('a', { href: url, download: fileName }).click();
  URL.revokeObjectURL(url);
}
