// What is in stock, as bars and as figures; and the form that receives more of it.
import { Problem, get, newKey, path, query, send } from './api.js';
import { watch } from './live.js';
import { h, number, s, say, swap } from './text.js';
import { whole } from './place.js';

export function stock({ query: given, signal }) {
  const cursor = given.get('cursor');
  const list = h('div', {});
  let seen;
  const look = watch(async () => {
    const page = await get('/stock' + query({ cursor, limit: 50 }), signal);
    const now = JSON.stringify(page);
    if (now !== seen) swap(list, table(page, cursor));
    seen = now;
    return page.items.some((i) => i.reserved > 0); // an order that holds goods is under way
  }, (problem) => swap(list, h('p', { role: 'alert', class: 'wrong' }, problem.message)), signal);
  return { title: 'Stock', body: h('div', {}, list, receive(look)) };
}

function table(page, cursor) {
  if (!page.items.length) return h('p', { class: 'empty' }, 'Nothing has been received yet.');
  const most = Math.max(1, ...page.items.map((i) => i.onHand));
  const figure = (n) => h('td', { class: 'figure' }, number(n));
  return [
    h('p', { class: 'legend', 'aria-hidden': 'true' }, h('span', { class: 'key available' }, 'available'), h('span', { class: 'key reserved' }, 'reserved')),
    h('table', { class: 'stock' },
      h('caption', { class: 'unseen' }, 'Stock by product'),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Product'), h('td', { class: 'chart' }),
        ['On hand', 'Reserved', 'Available'].map((name) => h('th', { scope: 'col', class: 'figure' }, name)))),
      h('tbody', {}, page.items.map((i) => h('tr', {},
        h('th', { scope: 'row' }, i.productId), h('td', { class: 'chart' }, bar(i, most)), figure(i.onHand), figure(i.reserved), figure(i.available))))),
    h('p', { class: 'pages' }, cursor && h('a', { href: '#/stock' }, '← First'),
      page.next && h('a', { class: 'older', href: '#/stock' + query({ cursor: page.next }) }, 'More →')),
  ];
}

// The figures beside it say the same.
function bar({ available, reserved }, most) {
  const wide = (n) => (100 * n) / most;
  return s('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    s('rect', { class: 'track', width: 100, height: 10 }),
    s('rect', { class: 'available', width: wide(available), height: 10 }),
    s('rect', { class: 'reserved', x: wide(available), width: wide(reserved), height: 10 }));
}

function receive(look) {
  const wrong = h('p', { class: 'wrong', role: 'alert' });
  let key;
  return h('form', { class: 'inline receive', novalidate: true, input: () => (key = undefined), submit: async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    const { product, quantity } = event.currentTarget.elements;
    try {
      const at = path('stock', product.value.trim(), 'receive');
      const got = await send(at, { quantity: whole(quantity.value, 0) }, (key ??= newKey()));
      key = undefined;
      say(`${number(got.onHand)} of ${got.productId} are on hand.`);
      look();
    } catch (error) {
      wrong.textContent = error instanceof Problem ? `${error.message}.` : 'Daybook does not answer. Sent again, it is received once.';
    }
  } },
  h('label', {}, 'Product', h('input', { name: 'product', autocomplete: 'off', spellcheck: 'false' })),
  h('label', {}, 'Pieces', h('input', { name: 'quantity', inputmode: 'numeric', value: 10 })),
  h('button', { class: 'plain' }, 'Receive'), wrong);
}
