// The largest customers of each period, and the way to any other.
import { Problem, get, query } from './api.js';
import { ahead, said } from './days.js';
import { nothing, ranking } from './figures.js';
import { watch } from './live.js';
import { choice, chosen } from './period.js';
import { customer, h, swap } from './text.js';

const usual = { day: 7, week: 4, month: 1 }, most = 31; // periods that the API answers with their largest

export function customers({ query: given, signal }) {
  const range = chosen(given, usual, 'month');
  const list = h('div', { 'aria-busy': 'true' });
  let seen;
  watch(async () => {
    const asked = range();
    if (ahead(asked.by, asked.from, most) <= asked.to) {
      throw new Problem({ status: 400, detail: `At most ${most} ${asked.by}s are shown at once: choose days nearer to each other, or longer periods` });
    }
    const { items } = await get('/sales' + query({ ...asked, top: 10 }), signal);
    const now = JSON.stringify(items);
    if (now !== seen) swap(list, items.length ? periods(items, asked.by) : nothing(asked.by));
    seen = now;
    list.removeAttribute('aria-busy');
  }, (problem) => {
    swap(list, h('p', { role: 'alert', class: 'wrong' }, `${problem.message}.`));
    list.removeAttribute('aria-busy');
  }, signal);
  return { title: 'Customers', body: h('div', {}, h('div', { class: 'asks' }, find(''), choice('/customers', range(), usual)), list) };
}

/** find is the field in which one types whose page is wanted. */
export function find(id) {
  const go = (event) => {
    event.preventDefault();
    location.hash = '/customers/' + encodeURIComponent(event.currentTarget.elements.customer.value.trim());
  };
  return h('form', { class: 'filters', submit: go, role: 'search' },
    h('label', {}, 'Customer’s id', h('input', { name: 'customer', value: id, required: true, pattern: '.*\\S.*', autocomplete: 'off', spellcheck: 'false' })),
    h('button', { class: 'plain' }, 'Open'));
}

function periods(items, by) {
  return [...new Set(items.map((i) => i.from))].reverse().map((from) => h('section', {},
    h('h2', {}, `The largest, ${said(by, from)}`),
    h('div', { class: 'leaders' }, items.filter((i) => i.from === from).map((i) => largest(i)))));
}

function largest({ from, net: { currency }, topCustomers }) {
  return ranking(`In ${currency}`, topCustomers.byAmount, (id) => customer(id, `${from}-${currency}-${id}`))
    || h('p', { class: 'empty' }, `In ${currency} nothing is left of what was sold: it was refunded.`);
}
