// What sums of sales come to: figures, and tables of who and what was largest.
import { h, money, number } from './text.js';

/** figure is one number with its name. */
export const figure = (name, value, more) => h('div', {}, h('dt', {}, name), h('dd', {}, value, more && h('span', { class: 'line soft' }, more)));

/** plural says how many. */
export const plural = (n, one) => `${number(n)} ${one}${n === 1 ? '' : 's'}`;

/** earned are the figures of a sum of sales. */
export const earned = (name, sum) => figure(`${name}, ${sum.net.currency}`, money(sum.net),
  `${plural(sum.sales, 'sale')}, ${money(sum.average)} on average${sum.refunds ? `; ${money(sum.refunded)} refunded` : ''}`);

/** nothing says why there is no sale in some periods. */
export const nothing = (by) => h('p', { class: 'empty' }, `Nothing was sold or refunded in these ${by}s. A sale is an order whose payment was captured. `,
  h('a', { href: '#/place' }, 'Place an order'));

export const column = (name) => h('th', { scope: 'col', class: 'figure' }, name);
export const cell = (value) => h('td', { class: 'figure' }, value);

/** ranking is a table of a top list; none of an empty one. */
export const ranking = (title, ranks, name = (id) => id) => ranks.length > 0 && h('table', { class: 'ranking' },
  h('caption', {}, title),
  h('thead', { class: 'unseen' }, h('tr', {}, h('th', { scope: 'col' }, 'Id'), column('Times'), column('Net'))),
  h('tbody', {}, ranks.map(({ id, amount, times }) => h('tr', {}, h('th', { scope: 'row' }, name(id)), cell(`${number(times)} ×`), cell(money(amount))))));
