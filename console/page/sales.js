// What was sold: figures of all time, bars by day, week or month in each currency, and who and what was largest.
import { get, query } from './api.js';
import { chart } from './chart.js';
import { ahead, first, label, said, today } from './days.js';
import { watch } from './live.js';
import { bare, h, money, number, swap } from './text.js';

const usual = { day: 14, week: 12, month: 12 };

export function sales({ query: given, signal }) {
  const by = given.get('by') in usual ? given.get('by') : 'day';
  const range = () => {
    const to = given.get('to') || today();
    return { by, from: given.get('from') || ahead(by, to, 1 - usual[by]), to };
  };
  const asks = h('div', {}, form(range()));
  const figures = h('div', { 'aria-busy': 'true' }), list = h('div', {});
  let seen;
  watch(async () => {
    const asked = range();
    const [all, { items }, largest] = await Promise.all([get('/statistics', signal), get('/sales' + query(asked), signal), top(asked.to, signal)]);
    const now = JSON.stringify([asked, all, items, largest]);
    if (now !== seen) {
      swap(figures, totals(all));
      swap(list, items.length ? currencies(items).map((c) => section(c, asked, items, largest)) : nothing(by));
    }
    seen = now;
    figures.removeAttribute('aria-busy');
    return all.byStatus.submitted + all.byStatus.confirmed + all.byStatus.cancelling > 0;
  }, (problem) => swap(list, h('p', { role: 'alert', class: 'wrong' }, `${problem.message}.`)), signal);
  return { title: 'Sales', body: h('div', { class: 'sales' }, figures, asks, list) };
}

/** top answers who and what was largest in the month of a day. */
async function top(day, signal) {
  const { items } = await get('/sales' + query({ by: 'month', from: day, to: day, top: 5 }), signal);
  return { month: said('month', first('month', day)), items };
}

/** figure is one number with its name. */
const figure = (name, value, more) => h('div', {}, h('dt', {}, name), h('dd', {}, value, more && h('span', { class: 'line soft' }, more)));

/** plural says how many. */
const plural = (n, one) => `${number(n)} ${one}${n === 1 ? '' : 's'}`;

/** earned are the figures of a sum of sales. */
const earned = (sum) => figure(`Net, ${sum.net.currency}`, money(sum.net),
  `${plural(sum.sales, 'sale')}, ${money(sum.average)} on average${sum.refunds ? `; ${money(sum.refunded)} refunded` : ''}`);

const totals = (all) => h('dl', { class: 'figures' },
  figure('Orders', number(all.orders), `${number(all.active)} active, ${number(all.cancelled)} cancelled`), all.revenue.map(earned));

function form({ by, from, to }) {
  const go = (event) => {
    event.preventDefault();
    const { by, from, to } = event.currentTarget.elements;
    location.hash = '/sales' + query({ by: by.value, from: from.value, to: to.value });
  };
  const again = (event) => (location.hash = '/sales' + query({ by: event.target.value }));
  const day = (name, value) => h('input', { type: 'date', name, value, required: true });
  return h('form', { class: 'filters', submit: go },
    h('label', {}, 'By', h('select', { name: 'by', change: again }, Object.keys(usual).map((b) => h('option', { selected: b === by }, b)))),
    h('label', {}, 'From', day('from', from)), h('label', {}, 'To', day('to', to)), h('button', { class: 'plain' }, 'Show'));
}

const nothing = (by) => h('p', { class: 'empty' }, `Nothing was sold or refunded in these ${by}s. A sale is an order whose payment was captured. `,
  h('a', { href: '#/place' }, 'Place an order'));

const currencies = (items) => [...new Set(items.map((i) => i.net.currency))].sort();

function section(currency, { by, from, to }, items, largest) {
  const ours = items.filter((i) => i.net.currency === currency);
  const at = new Map(ours.map((sale) => [sale.from, sale]));
  const periods = [];
  for (let day = first(by, from); day <= to; day = ahead(by, day, 1)) periods.push({ label: label(by, day), said: said(by, day), sale: at.get(day) });
  const key = (kind) => h('span', { class: `key ${kind}` }, kind);
  return h('section', {},
    h('h2', {}, `In ${currency}`, h('span', { class: 'legend', 'aria-hidden': 'true' }, ['captured', 'refunded', 'net'].map(key))),
    h('figure', { class: 'bars' }, chart(periods, currency, `Sales by ${by} in ${currency}; the table that follows says the same`)),
    table(by, currency, ours), leaders(largest, currency));
}

const column = (name) => h('th', { scope: 'col', class: 'figure' }, name);
const cell = (value) => h('td', { class: 'figure' }, value);

const table = (by, currency, ours) => h('table', { class: 'periods' },
  h('caption', { class: 'unseen' }, `Sales by ${by} in ${currency}, newest first; without those in which nothing happened`),
  h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, by[0].toUpperCase() + by.slice(1)), ['Sales', 'Captured', 'Refunded', 'Net'].map(column))),
  h('tbody', {}, ours.toReversed().map((sale) => h('tr', {}, h('th', { scope: 'row' }, said(by, sale.from)),
    cell(number(sale.sales)), cell(bare(sale.captured)), cell(bare(sale.refunded)), cell(bare(sale.net))))));

/** leaders are the largest customers and products of a month, net of refunds. */
function leaders({ month, items }, currency) {
  const found = items.find((i) => i.net.currency === currency);
  return found && h('div', { class: 'leaders' },
    ranking(`Largest customers, ${month}`, found.topCustomers, (id) => h('a', { href: '#/orders' + query({ customer: id }) }, id)),
    ranking(`Largest products, ${month}`, found.topProducts));
}

/** ranking is a table of a top list. */
const ranking = (title, { byAmount }, name = (id) => id) => byAmount.length > 0 && h('table', { class: 'ranking' },
  h('caption', {}, title),
  h('thead', { class: 'unseen' }, h('tr', {}, h('th', { scope: 'col' }, 'Id'), column('Times'), column('Net'))),
  h('tbody', {}, byAmount.map(({ id, amount, times }) => h('tr', {}, h('th', { scope: 'row' }, name(id)), cell(`${number(times)} ×`), cell(money(amount))))));
