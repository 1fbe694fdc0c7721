// Everything that happens, as it happens: the last of the journal, and what comes after it.
import { Problem, get, query } from './api.js';
import { flows, listen, silent } from './flow.js';
import { h, say, when, words } from './text.js';

const shown = 200, past = 15 * 60 * 1000, hurry = 5000;

export function events({ signal }) {
  const rows = h('ol', { class: 'flow', 'aria-label': 'What happened, the latest first' });
  const empty = h('p', { class: 'empty' }, 'Nothing happened in the last quarter of an hour. ', h('a', { href: '#/place' }, 'Place an order'));
  const state = h('span', { class: 'badge' });
  const hold = h('button', { id: 'hold', type: 'button', class: 'plain', 'aria-pressed': 'false', click: () => {
    const held = hold.getAttribute('aria-pressed') !== 'true';
    hold.setAttribute('aria-pressed', held);
    if (!held) waiting.splice(0).forEach(put);
    count();
  } });
  const waiting = [];
  let cursor, timer;

  const count = () => {
    hold.textContent = hold.getAttribute('aria-pressed') === 'true' ? `Go on (${waiting.length} waiting)` : 'Hold';
  };
  const put = (commit) => {
    empty.remove();
    rows.prepend(row(commit));
    while (rows.children.length > shown) rows.lastChild.remove();
  };
  const told = (commit) => {
    cursor = commit.cursor;
    if (hold.getAttribute('aria-pressed') === 'true') {
      waiting.push(commit);
      if (waiting.length > shown) waiting.shift();
      count();
    } else put(commit);
  };
  const back = () => {
    state.dataset.status = flows() ? 'succeeded' : 'pending';
    state.textContent = flows() ? 'live' : 'not connected';
    say(flows() ? 'The flow is live.' : 'The flow is cut; it is taken up where it broke off.');
  };
  async function read(at) {
    for (let next = cursor; ;) {
      const page = await get('/journal' + query({ cursor: next, from: next ? '' : at, limit: 100 }), signal);
      page.items.forEach(told);
      if (!page.next) return;
      cursor = next = page.next;
    }
  }
  async function begin() {
    try {
      await read(new Date(Date.now() - past).toISOString());
      listen('all', cursor, { told, back }, signal);
      back(); // it may have come meanwhile
      const poll = async () => {
        if (silent() && !document.hidden) await read(new Date(Date.now() - hurry).toISOString()).catch(() => {});
        if (!signal.aborted) timer = setTimeout(poll, hurry);
      };
      timer = setTimeout(poll, hurry);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Problem)) timer = setTimeout(begin, hurry);
      empty.textContent = error instanceof Problem ? `${error.message}.` : 'Daybook does not answer. It is asked again every five seconds.';
    }
  }
  signal.addEventListener('abort', () => clearTimeout(timer));
  count();
  begin();
  return { title: 'Events', body: h('div', {}, h('p', { class: 'summary' }, state, hold), empty, rows) };
}

// A step that ended is said by its name.
const said = ({ type, data }) => (data?.outcome?.step ? `${words(data.outcome.step)}: ${data.outcome.status}` : words(type));

function row(commit) {
  const [category, id] = commit.stream.split('/');
  const order = ['order', 'payment', 'shipment', 'fulfilment', 'restock'].includes(category);
  return h('li', { 'data-category': category },
    h('p', {}, h('span', { class: 'kind' }, category),
      h('strong', {}, (commit.events ?? []).map(said).join(', ') || 'A large commit'),
      order ? h('a', { class: 'id', href: '#/orders/' + encodeURIComponent(id) }, id) : h('span', { class: 'id' }, id),
      h('span', { class: 'by' }, `version ${commit.version}`, commit.events?.[0]?.actor && `, by ${commit.events[0].actor}`),
      when(commit.at)));
}
