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

// UTC unless the reader wants it otherwise: what happened when must read the same for two people on the telephone.
let local = localStorage.getItem("shoal-zone") === "local";

/** The zone that times are told in. */
export function zone() {
  if (!local) return "UTC";
  const parts = new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(new Date());
  return parts.find((part) => part.type === "timeZoneName").value;
}

/** Changes between UTC and the reader's own zone. */
export function changeZone() {
  local = !local;
  localStorage.setItem("shoal-zone", local ? "local" : "utc");
}

/** A date whose UTC fields are those of the zone. */
function shifted(t) {
  const d = date(t);
  return local ? new Date(d.getTime() - d.getTimezoneOffset() * 60_000) : d;
}

export function moment(t) {
  if (t === null || t === undefined) return none;
  const d = shifted(t);
  if (Number.isNaN(d.getTime())) return none;
  return `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())} ${clock(t)}`;
}

export function clock(t) {
  const d = shifted(t);
  return `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
}

/** Days since 1970; they are UTC's, whatever zone times are told in. */
export function ofDay(n) {
  return new Date(n * 86_400_000).toISOString().slice(0, 10);
}

export function ago(t, now = Date.now()) {
  const s = Math.max(0, Math.round((now - date(t).getTime()) / 1000));
  if (s < 120) return `${s} s ago`;
  if (s < 7200) return `${Math.floor(s / 60)} min ago`;
  if (s < 172_800) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86_400)} d ago`;
}
