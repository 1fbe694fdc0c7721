// Days, weeks and months as the API counts them: in UTC, a week from Monday on.
const day = 86400000;

export const iso = (date) => date.toISOString().slice(0, 10);
export const today = () => iso(new Date());
const at = (text) => new Date(`${text}T00:00:00Z`);
export const isDay = (text) => !Number.isNaN(+at(text));

/** first is the first day of the period that has a day. */
export function first(by, text) {
  const date = at(text);
  if (by === 'week') date.setTime(date - day * ((date.getUTCDay() + 6) % 7));
  if (by === 'month') date.setUTCDate(1);
  return iso(date);
}

/** ahead is the first day of a period so many periods later. */
export function ahead(by, text, n) {
  const date = at(first(by, text));
  if (by === 'month') date.setUTCMonth(date.getUTCMonth() + n);
  else date.setTime(+date + day * n * (by === 'week' ? 7 : 1));
  return iso(date);
}

const form = (options) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
const whole = form({ day: 'numeric', month: 'short', year: 'numeric' });
const brief = { day: form({ day: 'numeric', month: 'short' }), week: form({ day: 'numeric', month: 'short' }), month: form({ month: 'short', year: '2-digit' }) };
const month = form({ month: 'long', year: 'numeric' });

/** label is short, for an axis; said is for people. */
export const label = (by, from) => brief[by].format(at(from));
export function said(by, from) {
  if (by === 'month') return month.format(at(from));
  return by === 'week' ? whole.formatRange(at(from), at(from).getTime() + 6 * day) : whole.format(at(from));
}
