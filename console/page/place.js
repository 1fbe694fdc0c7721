// The form that places an order and submits it. What the outside world will do is chosen by the sandboxes' test values.
import { Problem, get, newKey, path, send } from './api.js';
import { digits, h, say } from './text.js';

const methods = {
  tok_ok: 'works',
  tok_flaky: 'unavailable twice, then works',
  tok_declined: 'declined',
  tok_insufficient_funds: 'declined: insufficient funds',
  tok_timeout_after_charge: 'charged, but never answers: all is taken back',
  tok_refund_flaky: 'works; a refund is unavailable twice',
};
const codes = { 'SW1Y 4JH': 'the carrier comes', '00000': 'the carrier refuses the address: all is taken back', '00001': 'the carrier is unavailable twice, then comes' };
const emails = { 'ada@example.com': 'gets the message', 'down@example.com': 'the notifier never answers: it ships all the same', '': 'none' };
const currencies = ['USD', 'EUR', 'GBP', 'JPY'];

export function place({ signal }) {
  const products = h('datalist', { id: 'products' });
  get('/stock?limit=100', signal).then((page) => products.append(...page.items.map((i) => h('option', { value: i.productId }, `${i.available} available`))), () => {});
  const items = h('div', { class: 'items' });
  const wrong = h('p', { class: 'wrong', role: 'alert' });
  const button = h('button', {}, 'Place and submit');
  const count = () => [...items.children].forEach((line, i) => { // the names are those by which the API says which field is wrong
    for (const input of line.querySelectorAll('input')) input.name = `/items/${i}/${input.dataset.part}`;
    line.querySelector('legend').textContent = `Item ${i + 1}`;
    line.querySelector('button').disabled = items.children.length === 1;
  });
  const more = (product, pieces, price) => {
    const line = item(product, pieces, price, () => {
      line.remove();
      count();
      items.querySelector('input').focus();
    });
    items.append(line);
    count();
    return line;
  };
  more('product-1', 2, '29.99');
  more('product-2', 1, '49.99');
  let key; // of what stands in the form: sent again, it places the same order
  const form = h('form', { class: 'place', novalidate: true, input: () => (key = undefined), submit: async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    clear(form, wrong);
    try {
      const { id } = await send('/orders', read(form, items), (key ??= newKey()));
      await send(path('orders', id, 'submit')).catch(() => {}); // the order's page has a button for it
      say('The order is placed.');
      location.hash = path('orders', id);
    } catch (error) {
      complain(form, wrong, error);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  } },
  h('fieldset', {}, h('legend', {}, 'Goods'), items,
    h('div', { class: 'row' }, choice('Currency', 'currency', Object.fromEntries(currencies.map((c) => [c, '']))),
      h('button', { type: 'button', class: 'plain', click: () => more('', 1, '').querySelector('input').focus() }, 'Add an item'))),
  h('fieldset', {}, h('legend', {}, 'Customer'),
    field('Customer', '/customerId', 'cust-456'), choice('E-mail', '/customerEmail', emails)),
  h('fieldset', {}, h('legend', {}, 'Ship to'),
    field('Name', '/shippingAddress/name', 'Ada Lovelace'), field('Street', '/shippingAddress/line1', '12 St James Sq'),
    choice('Postal code', '/shippingAddress/postalCode', codes), field('City', '/shippingAddress/city', 'London'), field('Country', '/shippingAddress/country', 'GB')),
  h('fieldset', {}, h('legend', {}, 'Payment'), choice('Method', '/paymentMethod', methods)),
  h('div', { class: 'send' }, button, wrong), products);
  return { title: 'Place an order', body: form };
}

function field(label, name, value, more) {
  return h('label', {}, label, h('input', { name, value, autocomplete: 'off', spellcheck: 'false', ...more }));
}

function choice(label, name, choices) {
  return h('label', {}, label, h('select', { name }, Object.entries(choices).map(([value, means]) =>
    h('option', { value }, [value, means].filter(Boolean).join(' – ')))));
}

function item(product, pieces, price, remove) {
  return h('fieldset', { class: 'item' }, h('legend', { class: 'unseen' }),
    field('Product', '', product, { list: 'products', 'data-part': 'productId' }),
    field('Pieces', '', pieces, { inputmode: 'numeric', 'data-part': 'quantity' }),
    field('Price each', '', price, { inputmode: 'decimal', 'data-part': 'unitPrice' }),
    h('button', { type: 'button', class: 'quiet', 'aria-label': 'Remove the item', click: remove }, '✕'));
}

function read(form, items) {
  const of = (name) => form.elements.namedItem(name).value;
  const email = of('/customerEmail');
  return {
    customerId: of('/customerId'), ...(email && { customerEmail: email }), paymentMethod: of('/paymentMethod'),
    items: [...items.children].map((_, i) => ({
      productId: of(`/items/${i}/productId`), quantity: whole(of(`/items/${i}/quantity`), 0, `/items/${i}/quantity`),
      unitPrice: { amount: whole(of(`/items/${i}/unitPrice`), digits(of('currency')), `/items/${i}/unitPrice`), currency: of('currency') },
    })),
    shippingAddress: Object.fromEntries(['name', 'line1', 'city', 'postalCode', 'country'].map((part) => [part, of(`/shippingAddress/${part}`)])),
  };
}

/** whole reads a number of minor units, digit by digit: no binary fraction comes in between. */
export function whole(text, places, field) {
  const [, units, minor = ''] = /^(\d{1,13})(?:\.(\d+))?$/.exec(text.trim()) ?? [];
  if (!units || minor.length > places) {
    throw new Problem({ field, status: 400, detail: places ? `a number such as 29.${'9'.repeat(places)}` : 'a whole number' });
  }
  return Number(units + minor.padEnd(places, '0'));
}

function clear(form, wrong) {
  wrong.textContent = '';
  for (const input of form.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
  }
  form.querySelector('#wrong-field')?.remove();
}

// What the API says of a field is said at the field.
function complain(form, wrong, error) {
  if (!(error instanceof Problem)) {
    wrong.textContent = 'Daybook does not answer. Sent again, it is the same order.';
    return;
  }
  let at = error.field ?? '';
  while (at && !form.elements.namedItem(at)) at = at.slice(0, at.lastIndexOf('/'));
  if (!at) {
    wrong.textContent = `${error.message}.`;
    return;
  }
  const input = form.elements.namedItem(at);
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', 'wrong-field');
  input.after(h('span', { id: 'wrong-field', class: 'wrong' }, error.message));
  input.focus();
}
