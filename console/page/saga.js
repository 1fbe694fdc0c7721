// The saga as a picture: its steps from left to right, what takes them back below, from right to left. The steps come from the
// program's own declaration; how far a run has come, from the API.
import { get } from './api.js';
import { h, s, words } from './text.js';

let declared;

/** declaration is read once. */
export const declaration = () => (declared ??= get('/console/saga.json').catch((error) => {
  declared = undefined;
  throw error;
}));

/** stateOf says how each step stands: waiting, running, done, failed, or taken back. */
export function stateOf({ steps, back }, run) {
  const ended = new Map(run.steps.map((e) => [e.name, e.status]));
  const open = (nodes) => nodes.find((n) => !ended.has(n.name))?.name;
  let now;
  if (run.status === 'compensating') now = open(back);
  // The head of the way back may find that the pivot came first; the run goes on behind it then.
  if (run.status === 'running') now = open(ended.has(back[0].name) ? steps.slice(steps.findIndex((n) => n.pivot) + 1) : steps);
  const turned = run.status !== 'running' && run.status !== 'succeeded';
  const of = (name) => {
    if (name === now) return 'running';
    if (!ended.has(name)) return 'waiting';
    return ended.get(name) === 'succeeded' ? 'done' : 'failed';
  };
  const states = new Map([...steps, ...back].map((n) => [n.name, of(n.name)]));
  for (const b of back) {
    if (turned && states.get(b.name) === 'done' && states.get(b.takesBack) === 'done') states.set(b.takesBack, 'taken back');
  }
  return states;
}

/** draw returns the picture twice: lying for wide windows and standing for narrow ones. */
export function draw(process, run) {
  const states = stateOf(process, run);
  const told = [...states].filter(([, state]) => state !== 'waiting').map(([name, state]) => `${words(name)}: ${state}`).join('; ');
  return h('div', { role: 'img', 'aria-label': `The way of the order. ${told || 'Nothing has begun'}.` },
    picture(process, states, false), picture(process, states, true));
}

function picture({ steps, back }, states, standing) {
  const column = new Map(steps.map((n, i) => [n.name, i]));
  const at = (i, lane) => (standing ? [28 + lane * 172, 30 + i * 62] : [56 + i * 112, 34 + lane * 104]);
  const reached = (name) => states.get(name) !== 'waiting';
  const line = ([x1, y1], [x2, y2], on) => s('line', { x1, y1, x2, y2, class: on ? 'edge on' : 'edge' });
  const pivot = steps.findIndex((n) => n.pivot);
  const bend = [at(pivot, 0), at(pivot, 1)];
  const edge = at(pivot + 0.5, 0)[standing ? 1 : 0];
  const lying = { viewBox: '0 0 896 198', class: 'lying' }, tall = { viewBox: `0 0 340 ${steps.length * 62}`, class: 'standing' };
  return s('svg', { ...(standing ? tall : lying), 'aria-hidden': 'true' },
    steps.slice(1).map((n, i) => line(at(i, 0), at(i + 1, 0), reached(n.name) && reached(steps[i].name))),
    line(...bend, reached(back[0].name)),
    back.slice(1).map((n, j) => line(at(column.get(back[j].takesBack), 1), at(column.get(n.takesBack), 1), reached(n.name))),
    standing
      ? [s('line', { class: 'pivot', x1: 8, y1: edge, x2: 332, y2: edge }), s('text', { class: 'note', x: 332, y: edge + 15, 'text-anchor': 'end' }, 'no way back from here')]
      : [s('line', { class: 'pivot', x1: edge, y1: 8, x2: edge, y2: 190 }), s('text', { class: 'note', x: edge + 10, y: 142 }, 'no way back from here')],
    steps.map((n, i) => node(n, at(i, 0), states.get(n.name), standing)),
    back.map((n) => node(n, at(column.get(n.takesBack), 1), states.get(n.name), standing)));
}

const glyphs = {
  done: 'M-5 0.5 L-1.5 4 L5.5 -4',
  failed: 'M-4 -4 L4 4 M4 -4 L-4 4',
  'taken back': 'M-2 -5 L-5.5 -1.5 L-2 2 M-5.5 -1.5 H2 A3.2 3.2 0 0 1 2 5 H-2',
};

function node(n, [x, y], state, standing) {
  const lines = standing ? [words(n.name)] : words(n.name).split(' ');
  return s('g', { class: 'node', 'data-state': state, transform: `translate(${x} ${y})` },
    s('circle', { class: n.mayFail ? 'disc may-fail' : 'disc', r: 13 }),
    n.pivot && s('circle', { class: 'ring', r: 18 }),
    state === 'running' ? s('circle', { class: 'spin', r: 13 }) : glyphs[state] && s('path', { class: 'glyph', d: glyphs[state] }),
    lines.map((text, i) => (standing
      ? s('text', { x: 26, y: 4.5 }, text)
      : s('text', { y: 36 + i * 15, 'text-anchor': 'middle' }, text))));
}
