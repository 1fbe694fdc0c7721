// What was sold: figures of all time, bars by day, week or month in each currency, and who and what was largest.
import { get, query } from './api.js';
import { chart } from './chart.js';
import { ahead, first, label, said } from './days.js';
import { cell, column, earned, figure, nothing, ranking } from './figures.js';
import { watch } from './live.js';
import { choice, chosen } from './period.js';
import { bare, customer, h, number, swap } from './text.js';

const usual = { day: 14, week: 12, month: 12 };

export function sales({ query: given, signal }) {
  const range = chosen(given, usual, 'day');
  const asks = choice('/sales', range(), usual);
  const figures = h('div', { 'aria-busy': 'true' }), list = h('div', {});
  let seen;
  watch(async () => {
    const asked = range();
    const [all, { items }, largest] = await Promise.all([get('/statistics', signal), get('/sales' + query(asked), signal), top(asked.to, signal)]);
    const now = JSON.stringify([asked, all, items, largest]);
    if (now !== seen) {
      swap(figures, totals(all));
      swap(list, items.length ? currencies(items).map((c) => section(c, asked, items, largest)) : nothing(asked.by));
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

const totals = (all) => h('dl', { class: 'figures' },
  figure('Orders', number(all.orders), `${number(all.active)} active, ${number(all.cancelled)} cancelled`), all.revenue.map((sum) => earned('Net', sum)));

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

const table = (by, currency, ours) => h('table', { class: 'periods' },
  h('caption', { class: 'unseen' }, `Sales by ${by} in ${currency}, newest first; without those in which nothing happened`),
  h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, by[0].toUpperCase() + by.slice(1)), ['Sales', 'Captured', 'Refunded', 'Net'].map(column))),
  h('tbody', {}, ours.toReversed().map((sale) => h('tr', {}, h('th', { scope: 'row' }, said(by, sale.from)),
    cell(number(sale.sales)), cell(bare(sale.captured)), cell(bare(sale.refunded)), cell(bare(sale.net))))));

/** leaders are the largest customers and products of a month, net of refunds. */
function leaders({ month, items }, currency) {
  const found = items.find((i) => i.net.currency === currency);
  return found && h('div', { class: 'leaders' },
    ranking(`Largest customers, ${month}`, found.topCustomers.byAmount, (id) => customer(id, `${currency}-${id}`)),
    ranking(`Largest products, ${month}`, found.topProducts.byAmount));
}
