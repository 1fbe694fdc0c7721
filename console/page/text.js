// How things are said. Whatever comes from the API becomes text and attributes here, never markup.

/** h makes an element; children are nodes or texts, and null is left out. */
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** s does it in SVG. */
export const s = (tag, attributes, ...children) => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value != null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((c) => c != null && c !== false && c !== ''));
  return element;
}

/** swap replaces what an element holds; the focus stays with the element of the same id. */
export function swap(element, ...children) {
  const held = element.contains(document.activeElement) ? document.activeElement.id : '';
  element.replaceChildren(...children.flat(Infinity).filter((c) => c != null && c !== false && c !== ''));
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}

/** say tells those who listen to the page. */
export function say(text) {
  document.getElementById('said').textContent = text;
}

export const number = (n) => n.toLocaleString('en');

/** digits is how many of a currency's minor units make up a decimal place. */
export const digits = (currency) => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;

export const money = ({ amount, currency }) => {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 10 ** digits(currency));
  } catch {
    return `${amount} ${currency}`;
  }
};

/** bare is money where its currency is said already. */
export function bare({ amount, currency }) {
  const places = digits(currency);
  return (amount / 10 ** places).toLocaleString('en', { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** short is money for an axis: $1.2K. */
export const short = ({ amount, currency }) => {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency, notation: 'compact' }).format(amount / 10 ** digits(currency));
  } catch {
    return `${amount}`;
  }
};

/** words makes "Take payment" of TakePayment, and "Cancel started" of order.cancel_started.v1. */
export function words(name) {
  const spaced = name.replace(/^[a-z]+\.(.+)\.v\d+$/, '$1').replaceAll('_', ' ').replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** customer links to a customer's page; the link's id keeps the focus on it. */
export const customer = (id, link) => h('a', { id: link, href: '#/customers/' + encodeURIComponent(id) }, id);

export const badge = (status) => h('span', { class: 'badge', 'data-status': status }, status);

const clock = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });

function ago(iso) {
  const seconds = Math.max(0, (Date.now() - Date.parse(iso)) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

/** when says a time twice: how long ago, which goes on counting, and by the clock. */
export const when = (iso) => h('time', { datetime: iso }, h('span', { class: 'ago' }, ago(iso)), ' ', h('span', { class: 'clock' }, clock.format(new Date(iso))));

setInterval(() => {
  if (document.hidden) return;
  for (const time of document.querySelectorAll('time')) time.firstChild.textContent = ago(time.dateTime);
}, 1000);

/** took says how long something took. */
export function took(from, to) {
  const ms = Date.parse(to) - Date.parse(from);
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
