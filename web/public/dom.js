/** Builds elements from text, never from HTML: what models, users or errors are called can carry no markup into the page. */
export function element(tag, attributes = {}, ...children) {
  const made = tag.startsWith('svg:') ? document.createElementNS('http://www.w3.org/2000/svg', tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Puts children into a place unless they look like those that are there: what somebody has selected or opened stays as it is. */
export function fill(place, children) {
  const next = element('div', {}, ...children);
  if (next.innerHTML !== place.innerHTML) place.replaceChildren(...next.childNodes);
}

/** @param tone good, bad, warn or soft */
export function badge(tone, text, attributes = {}) {
  return element('span', { class: `badge ${tone}`, ...attributes }, text);
}

/** Each row is a name and its cells: the name is the row's header. */
export function table(caption, columns, rows) {
  const head = element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)));
  const body = rows.map(([name, ...cells]) =>
    element('tr', {}, element('th', { scope: 'row' }, ...[name].flat()), ...cells.map((cell) => element('td', {}, ...[cell].flat()))),
  );
  const titled = caption === null ? null : element('caption', {}, ...[caption].flat());
  return element('table', {}, titled, element('thead', {}, head), element('tbody', {}, ...body));
}

export const percent = (share, digits = 1) => (share === null ? '–' : `${(100 * share).toFixed(digits)}%`);
export const number = (value, digits = 1) => (value === null ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits }));
