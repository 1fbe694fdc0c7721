// Bars of what was sold in each period and what was given back, with an axis. They are as wide as there is room.
import { digits, money, s, short } from './text.js';

const height = 220, above = 14, below = 24; // pixels; what is beneath the plot has the days

/** chart draws periods of {label, said, sale}; a period in which nothing happened has no sale. */
export function chart(periods, currency, about) {
  const most = (field) => Math.max(0, ...periods.map(({ sale }) => sale?.[field].amount ?? 0));
  const ticks = axis(most('captured'), most('refunded'));
  const [low, high] = [ticks[0], ticks.at(-1)];
  const tell = ticks[1] - low < 10 ** digits(currency) ? money : short; // $0.50, not $0.5
  const y = (amount) => above + ((high - amount) / (high - low)) * (height - above - below);
  const slot = 100 / periods.length, each = Math.ceil(periods.length / 7);
  return [
    s('svg', { class: 'scale', height, 'aria-hidden': 'true' },
      ticks.map((t) => s('text', { x: '100%', y: y(t) + 4, 'text-anchor': 'end' }, tell({ amount: t, currency })))),
    s('svg', { class: 'plot', height, role: 'img', 'aria-label': about },
      ticks.map((t) => s('line', { class: t ? 'grid' : 'grid zero', x1: 0, x2: '100%', y1: y(t), y2: y(t) })),
      periods.map(({ label, said, sale }, i) => s('g', { class: 'period' },
        s('rect', { class: 'slot', x: `${i * slot}%`, width: `${slot}%`, height: height - below }),
        sale && bars(sale, slot * i, slot, y),
        (periods.length - 1 - i) % each === 0 && s('text', { class: (periods.length - 1 - i) % (2 * each) ? 'between' : null, x: `${(i + 0.5) * slot}%`, y: height - 6, 'text-anchor': 'middle' }, label),
        s('title', {}, sale ? `${said}: ${money(sale.captured)} captured, ${money(sale.refunded)} refunded, ${money(sale.net)} net` : `${said}: nothing`)))),
  ];
}

function bars({ captured, refunded, net }, x, slot, y) {
  const bar = (kind, from, to) => s('rect', { class: kind, x: `${x + slot * 0.2}%`, width: `${slot * 0.6}%`, y: y(from), height: y(to) - y(from) });
  return [
    captured.amount > 0 && bar('captured', captured.amount, 0),
    refunded.amount > 0 && bar('refunded', 0, -refunded.amount),
    s('line', { class: 'net', x1: `${x + slot * 0.1}%`, x2: `${x + slot * 0.9}%`, y1: y(net.amount), y2: y(net.amount) }),
  ];
}

// Ticks are 1, 2 or 5 of a power of ten apart, zero (never -0, which is written so) is one of them, and some four cover all.
function axis(up, down) {
  const about = Math.max(up + down, 4) / 4, ten = 10 ** Math.floor(Math.log10(about));
  const step = ten * [1, 2, 5, 10].find((n) => n * ten >= about);
  const ticks = [];
  for (let n = 0 - Math.ceil(down / step); n <= Math.max(1, Math.ceil(up / step)); n++) ticks.push(n * step);
  return ticks;
}
