// The live flow: one WebSocket for the page, which says where each topic was left when it comes back. docs/live.md has its frames.
import { Problem, at, get } from './api.js';

const soon = 250, late = 8000;
const topics = new Map(); // topic → { cursor, listeners }
let socket, pause = soon, none = false; // none: this API tells nothing live

/**
 * listen calls told with each message of a topic, from after a cursor, or from where the topic begins by itself; and back when
 * the flow was cut and is there again, or is cut. It ends with signal.
 */
export function listen(topic, after, { told, back }, signal) {
  const entry = topics.get(topic) ?? { cursor: after, listeners: new Set() };
  const listener = { told, back };
  entry.listeners.add(listener);
  if (!topics.has(topic)) {
    topics.set(topic, entry);
    ask(topic, entry);
  }
  signal.addEventListener('abort', () => {
    entry.listeners.delete(listener);
    if (entry.listeners.size) return;
    topics.delete(topic);
    if (open()) socket.send(JSON.stringify({ unsubscribe: topic }));
  });
  connect();
}

/** flows reports whether the flow is there now; silent, whether this API has none. */
export const flows = () => open() ?? false;
export const silent = () => none;

const open = () => socket?.readyState === WebSocket.OPEN;

function ask(topic, entry) {
  entry.begun = false; // what comes before the answer is of a subscription that was given up
  if (open()) socket.send(JSON.stringify({ subscribe: topic, ...(entry.cursor != null && { after: entry.cursor }) }));
}

async function connect() {
  if (socket || none) return;
  socket = {}; // so that nobody else connects meanwhile
  try {
    const { url } = await get('/live');
    socket = new WebSocket(at(url).href.replace(/^http/, 'ws'));
  } catch (error) {
    none = error instanceof Problem && error.status === 404;
    socket = undefined;
    return again();
  }
  socket.onopen = () => {
    pause = soon;
    topics.forEach((entry, topic) => ask(topic, entry));
    everybody('back');
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    const entry = topics.get(message.subscribed ?? message.topic);
    if (message.error) console.error(`live: ${message.error.detail}`);
    if (message.subscribed && entry) entry.begun = true;
    if (!entry?.begun || (message.topic && message.cursor === entry.cursor)) return; // what is told twice has one cursor
    entry.cursor = message.cursor;
    if (message.topic) entry.listeners.forEach((l) => l.told(message));
  };
  socket.onclose = () => {
    socket = undefined;
    everybody('back');
    again();
  };
}

function again() {
  if (none || !topics.size) return;
  setTimeout(connect, pause);
  pause = Math.min(late, pause * 2);
}

function everybody(what) {
  topics.forEach((entry) => entry.listeners.forEach((l) => l[what]()));
}
