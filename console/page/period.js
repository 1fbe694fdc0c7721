// The choice of a period: by day, week or month, from one day to another.
import { query } from './api.js';
import { ahead, isDay, today } from './days.js';
import { h } from './text.js';

/**
 * chosen returns what says which period stands in an address; without one it is the usual number of days, weeks or months, up to
 * the present day whenever it is asked.
 */
export function chosen(given, usual, first) {
  const by = given.get('by') in usual ? given.get('by') : first;
  const day = (name) => isDay(given.get(name)) && given.get(name);
  return () => {
    const to = day('to') || today();
    return { by, from: day('from') || ahead(by, to, 1 - usual[by]), to };
  };
}

/** choice is the form that leads to another period of the page at a path. */
export function choice(path, { by, from, to }, usual) {
  const go = (event) => {
    event.preventDefault();
    const { by, from, to } = event.currentTarget.elements;
    location.hash = path + query({ by: by.value, from: from.value, to: to.value });
  };
  const again = (event) => (location.hash = path + query({ by: event.target.value }));
  const day = (name, value) => h('input', { type: 'date', name, value, required: true });
  return h('form', { class: 'filters choice', submit: go },
    h('label', {}, 'By', h('select', { name: 'by', change: again }, Object.keys(usual).map((b) => h('option', { selected: b === by }, b)))),
    h('label', {}, 'From', day('from', from)), h('label', {}, 'To', day('to', to)), h('button', { class: 'plain' }, 'Show'));
}
