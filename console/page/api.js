// The API of this address: JSON out, JSON or a problem back.

// Where the page is: a gateway may put a path before the API's.
const root = new URL('..', import.meta.url);

export class Problem extends Error {
  constructor({ detail, title, status, field }) {
    super(detail || title || `The answer was ${status}.`);
    this.status = status;
    this.field = field;
  }
}

/** get reads; what is not there is a Problem of status 404. */
export const get = (path, signal) => ask(path, { signal });

/** missing makes null of what is not there. */
export function missing(error) {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}

/** send writes; the same key writes once, however often it is sent. */
export const send = (path, body, key) => ask(path, {
  method: 'POST',
  headers: { ...(body && { 'Content-Type': 'application/json' }), ...(key && { 'Idempotency-Key': key }) },
  body: body && JSON.stringify(body),
});

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

/** path joins its parts, whatever is in them. */
export const path = (...parts) => '/' + parts.map(encodeURIComponent).join('/');

/** query leaves out what is empty. */
export function query(parameters) {
  const given = new URLSearchParams(Object.entries(parameters).filter(([, v]) => v)).toString();
  return given && `?${given}`;
}

/** at is the address of a path of the API; what is an address already stays it. */
export const at = (path) => new URL(path.replace(/^\//, './'), root);

async function ask(path, init) {
  const answer = await fetch(at(path), init);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem({ ...body, status: answer.status });
  return body;
}
