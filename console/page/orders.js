// The orders, newest first, by customer and by status.
import { get, query } from './api.js';
import { watch } from './live.js';
import { badge, customer, h, money, swap, when } from './text.js';

const statuses = ['pending', 'submitted', 'confirmed', 'cancelling', 'shipped', 'delivered', 'returned', 'cancelled'];
export const underway = new Set(['submitted', 'confirmed', 'cancelling']);

export function orders({ query: given, signal }) {
  const filter = { customer: given.get('customer') ?? '', status: given.get('status') ?? '' };
  const cursor = given.get('cursor');
  const list = h('div', { 'aria-busy': 'true' });
  let seen;
  watch(async () => {
    const page = await get('/orders' + query({ ...filter, cursor, limit: 25 }), signal);
    const now = JSON.stringify(page);
    if (now !== seen) swap(list, table(page, filter, cursor));
    seen = now;
    list.removeAttribute('aria-busy');
    return page.items.some((o) => underway.has(o.status));
  }, (problem) => swap(list, h('p', { role: 'alert', class: 'wrong' }, problem.message)), signal);
  return { title: 'Orders', body: h('div', {}, form(filter), list) };
}

function form(filter) {
  const go = (event) => {
    event.preventDefault();
    const { customer, status } = event.currentTarget.elements;
    location.hash = '/orders' + query({ customer: customer.value.trim(), status: status.value });
  };
  return h('form', { class: 'filters', submit: go, role: 'search' },
    h('label', {}, 'Customer', h('input', { name: 'customer', value: filter.customer, autocomplete: 'off', spellcheck: 'false' })),
    h('label', {}, 'Status', h('select', { name: 'status', change: (e) => e.target.form.requestSubmit() },
      h('option', { value: '' }, 'any'), statuses.map((s) => h('option', { selected: s === filter.status }, s)))),
    h('button', { class: 'plain' }, 'Filter'));
}

function table(page, filter, cursor) {
  if (!page.items.length) {
    return h('p', { class: 'empty' }, filter.customer || filter.status || cursor ? 'No order is like that. ' : 'Nobody has ordered yet. ',
      h('a', { href: '#/place' }, 'Place an order'));
  }
  return [
    lines(page.items, 'Orders, newest first'),
    h('p', { class: 'pages' },
      cursor && h('a', { href: '#/orders' + query(filter) }, '← Newest'),
      page.next && h('a', { class: 'older', href: '#/orders' + query({ ...filter, cursor: page.next }) }, 'Older →')),
  ];
}

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
      whose && cell('customer', customer(o.customerId, 'of-' + o.id)),
      cell('status', badge(o.status)),
      cell('total', money(o.total)),
      cell('placed', when(o.placedAt))))));
}
