// Which page is shown is what stands behind the # of the address.
import { h } from './text.js';
import { orders } from './orders.js';
import { order } from './order.js';
import { place } from './place.js';
import { sales } from './sales.js';
import { customers } from './customers.js';
import { customer } from './customer.js';
import { stock } from './stock.js';
import { system } from './system.js';
import { events } from './events.js';

const pages = [
  [/^\/system$/, system],
  [/^\/orders$/, orders], [/^\/orders\/([^/]+)$/, order], [/^\/place$/, place], [/^\/sales$/, sales], [/^\/stock$/, stock],
  [/^\/events$/, events],
  [/^\/customers$/, customers], [/^\/customers\/([^/]+)$/, customer],
];
const main = document.getElementById('main');
let leaving = new AbortController(), shown;

function show(focus) {
  leaving.abort();
  leaving = new AbortController();
  const [at, query] = (location.hash.slice(1) || '/orders').split('?');
  if (at === 'main') return main.focus();
  const [found, page] = pages.map(([form, page]) => [form.exec(at), page]).find(([found]) => found) ?? [];
  const view = page?.({ id: unescape(found[1]), query: new URLSearchParams(query), signal: leaving.signal })
    ?? { title: 'There is no such page', body: h('p', {}, h('a', { href: '#/orders' }, 'To the orders')) };
  document.title = `${view.title} · Daybook`;
  const held = page && page === shown && main.contains(document.activeElement) ? document.activeElement.id : '';
  shown = page;
  const title = h('h1', { tabindex: -1 }, view.title);
  main.replaceChildren(title, view.body);
  for (const link of document.querySelectorAll('nav a')) {
    if (at.startsWith(link.hash.slice(1))) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (focus) {
    ((held && document.getElementById(held)) || title).focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

function unescape(part) {
  try {
    return decodeURIComponent(part ?? '');
  } catch {
    return part;
  }
}

addEventListener('hashchange', () => show(true));
document.getElementById('theme').addEventListener('click', () => {
  const { dataset } = document.documentElement;
  const dark = dataset.theme ? dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem('theme', dataset.theme);
});
show(false);
