// One customer: what was ordered and spent, the newest orders, and what was bought most.
import { get, missing, path, query } from './api.js';
import { find } from './customers.js';
import { earned, figure, ranking } from './figures.js';
import { listen } from './flow.js';
import { watch } from './live.js';
import { lines, underway } from './orders.js';
import { h, number, swap } from './text.js';

const form = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/; // of an id; whatever else stands in the address, nobody is asked for it

export function customer({ id, signal }) {
  const body = h('div', { 'aria-busy': 'true' });
  let seen;
  const show = (c) => {
    const now = JSON.stringify(c);
    if (now !== seen) swap(body, c ? page(c) : unknown(id));
    seen = now;
    body.removeAttribute('aria-busy');
  };
  if (!form.test(id)) show(null);
  else {
    const look = watch(async () => {
      const c = await get(path('customers', id), signal).catch(missing);
      show(c);
      return c?.recent.some((o) => underway.has(o.status));
    }, (problem) => {
      swap(body, h('p', { role: 'alert', class: 'wrong' }, `${problem.message}.`));
      body.removeAttribute('aria-busy');
    }, signal, [`customer/${id}`]);
    refunds(id, look, signal);
  }
  return { title: 'Customer', body };
}

// What is paid is told by the order that goes on then. What is paid back for a returned one is told by its payment alone.
function refunds(id, look, signal) {
  const told = ({ stream, events }) => {
    if (events?.some((e) => e.type.startsWith('order.returned.'))) look.follow(stream.replace('order', 'payment'));
  };
  listen(`customer/${id}`, undefined, { told, back() {} }, signal);
}

const unknown = (id) => [
  h('p', { role: 'alert' }, 'Nobody called ', h('q', {}, id), ' has placed an order.'),
  h('p', {}, 'Upper and lower case matter. Type another id, or look among ', h('a', { href: '#/customers' }, 'the largest customers'),
    ' and ', h('a', { href: '#/orders' }, 'the newest orders'), '.'),
  find(id),
];

const page = (c) => [
  h('p', { class: 'id' }, c.id),
  h('dl', { class: 'figures' }, figure('Orders', number(c.orders), c.spent.length ? null : 'nothing paid for yet'), c.spent.map((sum) => earned('Spent', sum))),
  h('section', {},
    h('h2', {}, 'Newest orders'),
    lines(c.recent, 'The newest orders, newest first', false),
    h('p', { class: 'pages' }, h('a', { id: 'all', class: 'older', href: '#/orders' + query({ customer: c.id }) }, 'All orders of this customer →'))),
  c.spent.map(({ net: { currency }, topProducts: { byAmount, byTimes } }) => h('section', {},
    h('h2', {}, `Bought most in ${currency}`),
    byAmount.length > 0
      ? h('div', { class: 'leaders' }, ranking('By amount', byAmount), ranking('By times', byTimes))
      : h('p', { class: 'empty' }, 'Nothing is left of what was bought: it was refunded.'))),
];
