// How the page stays up to date: this is the one place that knows. It is told that there is news and asks what; where nothing is
// told, it asks from time to time.
import { Problem } from './api.js';
import { flows, listen } from './flow.js';

const busy = 1000, steady = 3000, idle = 10000, quiet = 60000, lost = 2000, breath = 150, lag = 5000;

/**
 * watch calls look now, and again when there may be news, until signal aborts: when something happens in one of the topics, and
 * where nothing is told, each second while look answers that something is under way, now and then otherwise; without topics every
 * three seconds; never while nobody sees the page. refused gets the Problem after which there is no use in asking. It returns
 * what makes it look at once; its follow takes one topic more.
 */
export function watch(look, refused, signal, topics = ['all']) {
  let timer, looking = false, again = false, last = 0, told = 0;
  const soon = () => {
    clearTimeout(timer);
    if (looking) again = true;
    else timer = setTimeout(turn, Math.max(0, last + breath - Date.now())); // much happens at once
  };
  async function turn() {
    clearTimeout(timer);
    if (looking) {
      again = true;
      return;
    }
    if (document.hidden || signal.aborted) return;
    looking = true;
    let pause;
    do {
      again = false;
      last = Date.now();
      pause = await once();
    } while (again && pause != null);
    looking = false;
    if (pause != null && !signal.aborted) timer = setTimeout(turn, pause);
  }
  async function once() {
    try {
      const underway = await look();
      if (!signal.aborted) tell('');
      if (!topics.length) return steady; // nobody tells of it
      if (flows()) return Date.now() - told < lag ? busy : quiet; // what is shown may come later than the news of it
      return underway ? busy : idle;
    } catch (error) {
      if (signal.aborted) return null;
      if (error instanceof Problem && error.status < 500 && error.status !== 429) {
        tell('');
        refused(error);
        return null;
      }
      if (!(error instanceof Problem || error instanceof TypeError)) console.error(error);
      tell('Daybook does not answer. What you see may be old; it is asked again every two seconds.');
      return lost;
    }
  }
  document.addEventListener('visibilitychange', turn, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer));
  const follow = (topic) => listen(topic, undefined, { told: () => { told = Date.now(); soon(); }, back: soon }, signal);
  topics.forEach(follow);
  turn();
  return Object.assign(turn, { follow });
}

function tell(text) {
  const banner = document.getElementById('lost');
  if (banner.textContent === text) return;
  banner.textContent = text;
  banner.hidden = !text;
}
