// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const none = "–";

export function count(n) {
  return n === null || n === undefined ? none : whole.format(n);
}

export function short(n) {
  return n === null || n === undefined ? none : Math.abs(n) < 10_000 ? whole.format(n) : compact.format(n);
}

/** Four significant digits, as features have any magnitude. */
export function value(x) {
  if (x === null || x === undefined) return none;
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-3) return x.toExponential(2);
  return String(Number(x.toPrecision(4)));
}

export function fixed(x, digits) {
  return x === null || x === undefined ? none : x.toFixed(digits);
}

/** Rounded down: a score just short of 1 is not 1. */
export function score(x) {
  return x === null || x === undefined ? none : (Math.floor(x * 1e5) / 1e5).toFixed(5);
}

export function percent(x, digits = 1) {
  return x === null || x === undefined ? none : `${(100 * x).toFixed(digits)} %`;
}

export function ms(x) {
  if (x === null || x === undefined) return none;
  return x < 1000 ? `${Math.round(x)} ms` : x < 60_000 ? `${(x / 1000).toFixed(1)} s` : `${Math.round(x / 60_000)} min`;
}

function pad(n) {
  return String(n).padStart(2, "0");
}

function date(t) {
  return new Date(typeof t === "number" ? t : Date.parse(t));
}

/** UTC: what happened when must read the same for two people on the telephone. */
export function moment(t) {
  if (t === null || t === undefined) return none;
  const d = date(t);
  if (Number.isNaN(d.getTime())) return none;
  return `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())} ${clock(t)}`;
}

export function clock(t) {
  const d = date(t);
  return `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
}

export function day(t) {
  return moment(t).slice(0, 10);
}

/** Days since 1970. */
export function ofDay(n) {
  return day(n * 86_400_000);
}

export function ago(t, now = Date.now()) {
  const s = Math.max(0, Math.round((now - date(t).getTime()) / 1000));
  if (s < 120) return `${s} s ago`;
  if (s < 7200) return `${Math.floor(s / 60)} min ago`;
  if (s < 172_800) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86_400)} d ago`;
}
