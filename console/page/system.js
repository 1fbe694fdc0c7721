// How the read side stands: how far each projector is behind, what the views skip, and what went wrong of late.
import { get } from './api.js';
import { cell, column, plural } from './figures.js';
import { watch } from './live.js';
import { h, number, say, swap, when, words } from './text.js';

export function system({ signal }) {
  const parts = [
    part(verdict, judge), part(projectors, (now) => now.projectors),
    part(parked, (now) => [now.parked, !now.errors]), part(errors, (now) => now.errors),
  ];
  let said;
  watch(async () => {
    const now = await get('/system', signal);
    for (const { show } of parts) show(now);
    const { text } = judge(now);
    if (said !== undefined && said !== text) say(text);
    said = text;
  }, (problem) => parts[0].at.replaceChildren(h('p', { role: 'alert', class: 'wrong' }, `${problem.message}.`)), signal, []);
  return { title: 'System', body: h('div', { class: 'system' }, parts.map(({ at }) => at)) };
}

/** part is drawn anew only where what it is about has changed, so that nobody loses his place in it. */
function part(draw, about) {
  const at = h('section');
  let seen;
  return { at, show: (now) => {
    const text = JSON.stringify(about(now));
    if (text !== seen) swap(at, draw(now));
    seen = text;
  } };
}

/** judge says in one sentence how it stands. */
function judge({ projectors, parked }) {
  const streams = grouped(parked.items).length;
  const named = (status) => projectors.filter((p) => p.status === status).map((p) => p.name).join(' and ');
  const wrong = [
    named('waiting') && `Waiting for a fault to pass: ${named('waiting')}.`,
    streams && `${parked.more ? 'More than ' : ''}${plural(streams, 'stream')} ${streams > 1 ? 'are' : 'is'} parked.`,
  ].filter(Boolean);
  if (wrong.length) return { badge: 'stuck', word: 'look here', text: wrong.join(' ') };
  if (projectors.some((p) => p.status === null)) return { badge: 'pending', word: 'nothing parked', text: 'No stream is parked. How far the views are behind cannot be told from here.' };
  if (named('starting')) return { badge: 'pending', word: 'starting', text: `No stream is parked. What was committed before the start is being folded: ${named('starting')}.` };
  if (projectors.some((p) => p.behind > 0)) return { badge: 'running', word: 'catching up', text: 'No stream is parked, and the views are catching up with what was committed.' };
  return { badge: 'succeeded', word: 'all well', text: 'The views hold everything that was committed, and no stream is parked.' };
}

function verdict(now) {
  const { badge, word, text } = judge(now);
  return [h('p', { class: 'summary' }, h('span', { class: 'badge', 'data-status': badge }, word), h('span', {}, text))];
}

const unknown = 'not known';
const shown = { starting: 'pending', running: 'running', waiting: 'stuck' };

/** span says how long something is. */
const span = (s) => (s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 86400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`);

function projectors({ projectors: all }) {
  return [
    h('h2', {}, 'Projectors'),
    h('table', { class: 'projectors' },
      h('caption', { class: 'unseen' }, 'How far each projector is behind'),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Projector'), h('th', { scope: 'col' }, 'State'),
        column('Behind'), column('Oldest of them'))),
      h('tbody', {}, all.map((p) => h('tr', {},
        h('th', { scope: 'row' }, p.name, p.views.join() !== p.name && h('span', { class: 'line soft' }, p.views.join(', '))),
        h('td', {}, h('span', { class: 'badge', 'data-status': shown[p.status] ?? 'pending' }, p.status ?? unknown)),
        cell(p.behind === null ? unknown : plural(p.behind, 'commit')),
        cell(p.oldestSeconds === null ? unknown : p.behind === 0 ? '–' : span(p.oldestSeconds)))))),
    all.some((p) => p.status === 'waiting') && h('p', { class: 'soft' },
      'A projector that waits skips nothing, and tries again by itself. The log’s line “views wait for a fault to pass” says what it met.'),
    all.some((p) => p.status === null) && h('p', { class: 'soft' },
      'What is not known here lies in the table’s stream and in a queue: the metric IteratorAge of the projector and ApproximateAgeOfOldestMessage of SearchQueue, with the alarms ProjectorAge and SearchDeadLetters.'),
  ];
}

/** grouped makes one line of a stream that several views skip from the same event on. */
function grouped(items) {
  const lines = new Map();
  for (const item of items) {
    const key = `${item.stream}@${item.version} ${item.reason}`;
    const line = lines.get(key) ?? { ...item, views: [] };
    line.views.push(item.view);
    if (item.since < line.since) line.since = item.since;
    lines.set(key, line);
  }
  return [...lines.values()];
}

function parked({ parked: { items, more }, errors: kept }) {
  if (!items.length) return [h('h2', {}, 'Parked streams'), h('p', { class: 'empty' }, 'None: no view skips anything.')];
  return [
    h('h2', {}, 'Parked streams'),
    h('p', {}, 'Of a parked stream these views show what they had; all else goes on. Nothing is lost: its events are in the store. ',
      kept ? 'The log’s line “stream stopped” says what is wrong with it. Mend what is damaged, or start what can read the event: the next start brings the views up to date.'
        : 'The log’s line “stream parked” says what is wrong with it. Mend what is damaged, or deploy what can read the event: the stream’s next commit brings the views up to date.'),
    h('table', { class: 'parked' },
      h('caption', { class: 'unseen' }, 'Parked streams, newest first'),
      h('thead', {}, h('tr', {}, ['Stream', 'Why', 'Skipped by', 'Since'].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, grouped(items).map((p) => h('tr', {},
        h('th', { scope: 'row' }, stream(p), h('span', { class: 'line soft' }, `from version ${number(p.version)} on`)),
        h('td', {}, h('span', { class: 'badge', 'data-status': 'stuck' }, p.reason), h('span', { class: 'line soft' }, `${p.detail[0].toUpperCase()}${p.detail.slice(1)}.`)),
        h('td', { class: 'views' }, p.views.join(', ')), h('td', {}, when(p.since)))))),
    more && h('p', { class: 'soft' }, 'There are older ones than these.'),
  ];
}

/** stream links to the order that a stream is of. */
function stream({ stream: name, version }) {
  const [category, id] = name.split('/');
  return ['order', 'payment', 'shipment', 'fulfilment', 'restock'].includes(category)
    ? [category, ' ', h('a', { class: 'id', id: `parked-${name}-${version}`, href: '#/orders/' + encodeURIComponent(id) }, id)]
    : [category, ' ', h('span', { class: 'id' }, id)];
}

function errors({ errors: kept }) {
  if (!kept) return [h('h2', {}, 'Errors'), h('p', { class: 'empty' }, 'The functions’ logs have them, in CloudWatch.')];
  if (!kept.items.length) return [h('h2', {}, 'Errors'), h('p', { class: 'empty' }, 'None since the start, ', when(kept.since))];
  return [
    h('h2', {}, 'Errors'),
    h('ol', { class: 'flow', 'aria-label': 'What the log says of errors, the latest first' }, kept.items.map((line) => h('li', {}, h('p', {},
      h('strong', {}, words(line.message)),
      Object.entries(line.about).map(([name, value]) => h('span', { class: 'by' }, `${name} `, h('span', { class: 'id' }, value))), when(line.at))))),
    h('p', { class: 'soft' }, 'The newest since the start; the log has each one’s text.'),
  ];
}
