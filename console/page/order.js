// One order: how far it is, the picture of its saga, what happened to it, and what can be done with it.
import { Problem, get, missing, path, query, send } from './api.js';
import { watch } from './live.js';
import { declaration, draw } from './saga.js';
import { badge, customer, h, money, number, say, swap, took, when, words } from './text.js';

export function order({ id, signal }) {
  const parts = Object.fromEntries(['head', 'acts', 'saga', 'trail', 'facts'].map((name) => [name, h('div', { class: name })]));
  const body = h('div', { class: 'order-page' }, Object.values(parts));
  const seen = {};
  let least = 1, status; // the version that was seen to be written: what is read is never older
  const renew = (name, from, make) => {
    const now = JSON.stringify(from);
    if (seen[name] !== now) swap(parts[name], make());
    seen[name] = now;
  };
  const look = watch(async () => {
    const here = path('orders', id);
    const [o, trail, run, process] = await Promise.all([
      get(here + query({ min_version: least }), signal), whole(here + '/events', signal),
      get(here + '/fulfilment', signal).catch(missing), declaration(),
    ]);
    const wrote = (answer) => {
      least = Math.max(least, answer.version);
      look();
    };
    renew('head', o, () => head(o));
    renew('acts', o.status, () => acts(here, o.status, wrote));
    renew('saga', run, () => saga(process, run));
    renew('trail', trail, () => timeline(trail));
    renew('facts', o, () => facts(o));
    if (status && status !== o.status) say(`The order is ${o.status}.`);
    status = o.status;
    return ['running', 'compensating'].includes(run?.status) || ['submitted', 'confirmed', 'cancelling'].includes(o.status);
  }, (problem) => body.replaceChildren(h('p', { role: 'alert', class: 'wrong' }, `${problem.message}.`)), signal,
  ['order', 'payment', 'shipment', 'fulfilment'].map((category) => `${category}/${id}`));
  return { title: 'Order', body };
}

async function whole(at, signal) {
  const all = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await get(at + query({ limit: 100, cursor }), signal);
    all.push(...page.items);
    cursor = page.next;
  }
  return all;
}

const head = (o) => [
  h('p', { class: 'id' }, o.id),
  h('p', { class: 'summary' }, badge(o.status), h('strong', {}, money(o.total)),
    h('span', {}, 'for ', customer(o.customerId, 'customer')),
    h('span', {}, 'placed ', when(o.placedAt))),
  o.cancelReason && h('p', { class: 'reason' }, 'Cancelled: ', h('q', {}, o.cancelReason)),
  o.returnReason && h('p', { class: 'reason' }, 'Returned: ', h('q', {}, o.returnReason)),
];

// What an order in a status takes. The order itself decides; what it refuses is said.
function acts(here, status, wrote) {
  const wrong = h('p', { class: 'wrong', role: 'alert' });
  const give = (verb, body) => async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    try {
      wrote(await send(`${here}/${verb}`, body?.()));
    } catch (error) {
      wrong.textContent = error instanceof Problem ? `${error.message}.` : 'Daybook does not answer. Try again.';
    }
  };
  const because = (verb, label, value) => {
    const reason = h('input', { id: 'reason', name: 'reason', required: true, maxlength: 500, value });
    return h('form', { class: 'inline', submit: give(verb, () => ({ reason: reason.value })) },
      h('label', {}, 'Reason', reason), h('button', { class: 'plain' }, label));
  };
  return [
    status === 'pending' && h('button', { id: 'submit', type: 'button', click: give('submit') }, 'Submit it'),
    status === 'shipped' && h('button', { id: 'deliver', type: 'button', click: give('deliver') }, 'Mark as delivered'),
    status === 'delivered' && because('return', 'Return the order', 'it does not fit'),
    ['pending', 'submitted', 'confirmed'].includes(status) && because('cancel', 'Cancel the order', 'changed my mind'),
    wrong,
  ].filter(Boolean);
}

function saga(process, run) {
  if (!run) return [h('h2', {}, 'Fulfilment'), h('p', { class: 'empty' }, 'It begins when the order is submitted.')];
  const row = (e) => h('tr', { 'data-state': e.status },
    h('th', { scope: 'row' }, words(e.name)), h('td', {}, e.status, e.error && h('span', { class: 'why' }, e.error.detail)),
    h('td', { class: 'figure' }, number(e.attempts)), h('td', { class: 'figure' }, took(e.startedAt, e.endedAt)));
  return [
    h('h2', {}, 'Fulfilment ', badge(run.status)),
    h('figure', { class: 'saga-picture' }, draw(process, run)),
    run.steps.length > 0 && h('details', { open: run.steps.some((e) => e.error) },
      h('summary', {}, 'Step by step'),
      h('table', { class: 'steps' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Step'), h('th', { scope: 'col' }, 'Ended'),
          h('th', { scope: 'col', class: 'figure' }, 'Attempts'), h('th', { scope: 'col', class: 'figure' }, 'Took'))),
        h('tbody', {}, run.steps.map(row)))),
  ].filter(Boolean);
}

const timeline = (trail) => [
  h('h2', {}, 'What happened'),
  h('ol', { class: 'timeline' }, trail.map((e) => h('li', {},
    h('p', {}, h('strong', {}, words(e.type)), h('span', { class: 'by' }, e.actor && ` by ${e.actor}`), when(e.at)),
    h('details', {}, h('summary', { id: 'event-' + e.version }, e.type), h('pre', { tabindex: 0 }, JSON.stringify(e.data, null, 2)))))),
];

function facts(o) {
  const to = o.recipient;
  const fact = (name, ...said) => [h('dt', {}, name), h('dd', {}, said)];
  return [
    h('h2', {}, 'What was ordered'),
    h('table', { class: 'goods' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Product'), h('th', { scope: 'col', class: 'figure' }, 'Pieces'), h('th', { scope: 'col', class: 'figure' }, 'Each'))),
      h('tbody', {}, o.items.map((i) => h('tr', {}, h('th', { scope: 'row' }, i.name || i.productId),
        h('td', { class: 'figure' }, number(i.quantity)), h('td', { class: 'figure' }, money(i.unitPrice)))))),
    h('dl', {},
      fact('Payment', o.payment.captured.amount > 0 ? `captured ${money(o.payment.captured)}` : o.payment.status,
        o.payment.refunded.amount > 0 && h('span', { class: 'line' }, `refunded ${money(o.payment.refunded)}`)),
      fact('Shipment', o.shipment.status, o.shipment.trackingNumber && h('span', { class: 'line id' }, o.shipment.trackingNumber)),
      fact('Ships to', [to.name, to.line1, `${to.postalCode} ${to.city}`, to.country].map((line) => h('span', { class: 'line' }, line)),
        to.email && h('span', { class: 'line' }, to.email))),
  ];
}
