/** Builds elements from text, never from HTML: what models, users or errors are called can carry no markup into the page. */
export function element(tag, attributes = {}, ...children) {
  const made = tag.startsWith('svg:') ? document.createElementNS('http://www.w3.org/2000/svg', tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

export const percent = (share, digits = 1) => (share === null ? '–' : `${(100 * share).toFixed(digits)}%`);
export const number = (value, digits = 1) => (value === null ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits }));
