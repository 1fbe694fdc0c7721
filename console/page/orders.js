// The orders, newest first: by customer, status and day, or those that hold words.
import { get, query } from './api.js';
import { watch } from './live.js';
import { badge, customer, h, money, number, say, swap, when } from './text.js';

const statuses = ['pending', 'submitted', 'confirmed', 'cancelling', 'shipped', 'delivered', 'returned', 'cancelled'];
export const underway = new Set(['submitted', 'confirmed', 'cancelling']);
const fields = { customerId: 'customer', recipient: 'recipient', items: 'products', trackingNumber: 'tracking number', cancelReason: 'reason' };
const pause = 2000;

export function orders({ query: given, signal }) {
  const words = given.get('q'), cursor = given.get('cursor');
  const asked = Object.fromEntries((words ? ['q'] : ['customer', 'status', 'day']).map((name) => [name, given.get(name) ?? '']));
  const list = h('div', { 'aria-busy': 'true' }, words && h('p', { class: 'empty late' }, 'Searching…'));
  const show = (content) => {
    swap(list, content);
    list.removeAttribute('aria-busy');
  };
  let seen, told;
  const look = watch(async () => {
    const page = await get((words ? '/search' : '/orders') + query({ ...asked, cursor, limit: 25 }), signal).catch(unlessBehind);
    const now = JSON.stringify(page);
    if (now !== seen) show(page.behind ? h('p', { class: 'empty' }, page.behind) : table(page, asked, cursor));
    seen = now;
    if (page.behind) return false;
    if (words && told !== count(page)) say((told = count(page)));
    return page.items.some((o) => underway.has(o.status));
  }, (problem) => show(h('p', { role: 'alert', class: 'wrong' }, `${problem.message}.`)), signal);
  function unlessBehind(problem) { // an index may be, and nothing is wrong then
    if (!words || problem.status !== 503) throw problem;
    setTimeout(look, pause);
    return { behind: `Not yet: ${problem.message}. It is asked again in a moment.` };
  }
  return { title: 'Orders', body: h('div', {}, search(words), words ? unfiltered() : filters(asked), list) };
}

const go = (asked) => (event) => {
  event.preventDefault();
  location.hash = '/orders' + query(asked(event.currentTarget.elements));
};

function search(words) {
  const field = h('input', { id: 'q', name: 'q', type: 'search', value: words, autocomplete: 'off', spellcheck: 'false' });
  field.setSelectionRange(field.value.length, field.value.length); // where who goes on typing was
  return h('form', { class: 'filters', role: 'search', submit: go(({ q }) => ({ q: q.value.trim() })) },
    h('label', { class: 'words' }, 'Words of the customer, recipient, products, tracking number or reason', field), h('button', { class: 'plain' }, 'Search'));
}

const unfiltered = () => h('p', { class: 'soft' }, 'All orders are searched: filters do not narrow a search. ', h('a', { href: '#/orders' }, 'All orders, with filters'));

const filters = (asked) => h('form', {
  class: 'filters', 'aria-label': 'Filters', submit: go(({ customer, status, day }) => ({ customer: customer.value.trim(), status: status.value, day: day.value })),
},
h('label', {}, 'Customer', h('input', { id: 'customer', name: 'customer', value: asked.customer, autocomplete: 'off', spellcheck: 'false' })),
h('label', {}, 'Status', h('select', { id: 'status', name: 'status', change: (e) => e.target.form.requestSubmit() },
  h('option', { value: '' }, 'any'), statuses.map((s) => h('option', { selected: s === asked.status }, s)))),
h('label', {}, 'Day of placing, in UTC', h('input', { id: 'day', name: 'day', type: 'date', value: asked.day })),
h('button', { class: 'plain' }, 'Filter'));

const count = ({ items, next }) => `Orders found: ${number(items.length)}${next ? ', and more' : ''}.`;

function none({ q, ...filter }, cursor) {
  const all = h('a', { href: '#/orders' }, 'Show all orders');
  if (cursor) return ['There are no more. ', all];
  if (q) return 'No order has all of these words. Words are found whole: try fewer, or write them out.';
  if (Object.values(filter).some(Boolean)) return ['No order is like that. ', all];
  return ['Nobody has ordered yet. ', h('a', { href: '#/place' }, 'Place an order')];
}

function table(page, asked, cursor) {
  if (!page.items.length) return h('p', { class: 'empty' }, none(asked, cursor));
  return [
    lines(page.items, asked.q ? 'Orders that have all of these words, newest first' : 'Orders, newest first'),
    h('p', { class: 'pages' },
      cursor && h('a', { href: '#/orders' + query(asked) }, '← Newest'),
      page.next && h('a', { class: 'older', href: '#/orders' + query({ ...asked, cursor: page.next }) }, 'Older →')),
  ];
}

const found = ({ matched }) => matched && h('span', { class: 'line found' }, `found in ${matched.map((field) => fields[field] ?? field).join(', ')}`);

/** lines is a table of orders; that of one customer's does not say whose they are. */
export function lines(items, caption, whose = true) {
  const cell = (kind, ...children) => h('td', { role: 'cell', class: kind }, children);
  const columns = ['Order', whose && 'Customer', 'Status', 'Total', 'Placed'].filter(Boolean);
  return h('table', { role: 'table', class: whose ? 'orders' : 'orders own' },
    h('caption', { class: 'unseen' }, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
      columns.map((name) => h('th', { role: 'columnheader', scope: 'col', class: name.toLowerCase() }, name)))),
    h('tbody', { role: 'rowgroup' }, items.map((o) => h('tr', { role: 'row' },
      cell('order', h('a', { id: 'to-' + o.id, href: '#/orders/' + encodeURIComponent(o.id) }, o.id)),
      whose && cell('customer', customer(o.customerId, 'of-' + o.id), found(o)),
      cell('status', badge(o.status)),
      cell('total', money(o.total)),
      cell('placed', when(o.placedAt))))));
}
