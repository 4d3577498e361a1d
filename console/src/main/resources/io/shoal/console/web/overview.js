// How everything is now, at a glance.

import { get, onState } from "./api.js";
import { axis, chart, colour, line } from "./charts.js";
import { append, h, put, remember } from "./dom.js";
import { ago, clock, count, moment, ms, none, percent, score, short } from "./format.js";
import { card, guarded, head, stats, table, tag, waiting } from "./parts.js";

const RANGES = [[15, "15 min"], [60, "1 h"], [24 * 60, "24 h"], [7 * 24 * 60, "7 d"]];

export function show(root, parameters) {
  const figures = h("div", {}, waiting());
  const health = h("ul", { class: "health" });
  const versions = h("div", {});
  const drift = h("div", {});
  const alerts = h("div", {}, waiting());
  let minutes = RANGES.map(([m]) => m).find((m) => String(m) === parameters.get("minutes")) ?? 15;
  let series = { spanMs: 10_000, points: [] };

  const labels = () => series.points.map((p) => (minutes > 120 ? moment(p.from).slice(5, 16) : clock(p.from)));
  const rate = chart("Predictions per second over time", () => ({
    type: "line",
    data: {
      labels: labels(),
      datasets: [line("predictions/s", series.points.map((p) => (1000 * p.predictions) / series.spanMs), "c1", { fill: true })],
    },
    options: { scales: { x: axis(), y: axis({ beginAtZero: true, ticks: { maxTicksLimit: 5 } }) } },
  }));
  const latency = chart("Latency over time", () => ({
    type: "line",
    data: {
      labels: labels(),
      datasets: [line("p50 ms", series.points.map((p) => p.p50), "c1"), line("p99 ms", series.points.map((p) => p.p99), "c2")],
    },
    options: { scales: { x: axis(), y: axis({ type: "logarithmic", ticks: { maxTicksLimit: 5, callback: (v) => ms(v) } }) } },
  }));
  const reviews = chart("Reviews over time", () => ({
    type: "bar",
    data: {
      labels: labels(),
      datasets: [{ label: "reviews", data: series.points.map((p) => p.reviews), backgroundColor: colour("c2") }],
    },
    options: { scales: { x: axis({ grid: { display: false } }), y: axis({ beginAtZero: true, ticks: { maxTicksLimit: 4, precision: 0 } }) } },
  }), "low");

  const ranges = h("div", { class: "tabs", role: "group", "aria-label": "Time range" }, RANGES.map(([m, text]) =>
    h("button", { class: "plain small", type: "button", "aria-pressed": String(m === minutes), onclick: (e) => {
      minutes = m;
      remember("", { minutes });
      for (const b of ranges.children) b.setAttribute("aria-pressed", String(b === e.currentTarget));
      load();
    } }, text)));

  append(root, [
    head("Overview", null, ranges),
    figures,
    h("div", { class: "grid" },
      card("Predictions per second", "w6", null, rate.element),
      card("Latency", "w6", "From sending a transaction until its prediction is read here.",
        h("div", { class: "legend" }, h("span", {}, "p50"), h("span", { class: "k2" }, "p99")), latency.element),
      card("Reviews", "w12", null, reviews.element),
      card("Newest alerts", "w8", null, alerts, h("a", { href: "#/live?decision=REVIEW" }, "All alerts")),
      h("div", { class: "w4 stack" },
        card("Parts", "", null, health),
        card("Current versions", "", null, versions),
        card("Drift", "", null, drift))),
  ]);

  async function load() {
    await guarded(figures, async () => {
      series = await get("console/rates", { minutes });
      // The newest span is not over: it would look like a fall.
      if (series.points.length > 2) series.points.pop();
      const last = series.points.at(-1);
      rate.describe(`Predictions per second over time; the newest: ${last ? Math.round((1000 * last.predictions) / series.spanMs) : 0}`);
      latency.describe(`Latency over time; the newest: p50 ${ms(last?.p50)}, p99 ${ms(last?.p99)}`);
      await Promise.all([rate.update(), latency.update(), reviews.update()]);
      showAlerts(await get("console/predictions", { decision: "REVIEW", limit: 13 }));
    });
  }

  function showAlerts(rows) {
    put(alerts, table("Newest alerts", [
      ["Event time", (r) => h("a", { href: `#/transaction?id=${encodeURIComponent(r.transactionId)}` }, moment(r.eventTime)), "tight"],
      ["Why", (r) => r.reason ?? "", "long"],
      ["Entity", (r) => r.entityId, "id wide"],
      ["Score", (r) => score(r.score), "num"],
    ], rows, "No alerts yet: what is more unusual than the sidecar's threshold, or riskier, appears here."));
  }

  function showState(state) {
    const now = state.now;
    const letters = state.deadLetters.reduce((sum, r) => sum + r.count, 0);
    put(figures, stats(
      ["Predictions per second", short(Math.round(now.perSecond)), "over the last 10 s"],
      ["Latency p50 / p99", `${now.p50 === null ? none : Math.round(now.p50)} / ${ms(now.p99)}`, now.caughtUp ? "over the last 10 s" : "catching up"],
      ["Predictions, 24 h", short(state.dayPredictions), `${short(state.kept)} can be listed`],
      ["Reviews, 24 h", short(state.dayReviews), state.dayPredictions ? `${percent(state.dayReviews / state.dayPredictions, 2)} of all` : ""],
      ["Dead letters", h("a", { href: "#/letters" }, count(letters)), state.deadLetters[0] ? `most: ${state.deadLetters[0].reason}` : "none"],
    ));
    put(health, state.health.parts.map((p) =>
      h("li", {}, h("span", { class: `dot ${p.state}` }),
        h("span", {}, h("strong", {}, p.name), " ", h("span", { class: "minor" }, p.detail)),
        h("span", { class: "minor" }, p.state === "ok" ? (p.behind === null || p.behind === undefined ? "ok" : p.behind === 0 ? "up to date" : `${short(p.behind)} behind`) : tag(p.state, p.state === "down" ? "bad" : "warn")))));
    put(versions, state.aliases.length ? h("ul", { class: "health" }, state.aliases.map((a) =>
      h("li", {}, h("span", { class: "dot ok" }),
        h("span", {}, h("a", { href: `#/models?model=${encodeURIComponent(a.model)}&version=${a.version}` }, `${a.model} ${a.version}`), " ", h("span", { class: "minor" }, ago(a.changedAt, state.at))),
        h("span", {}, tag(a.alias, a.alias === "champion" ? "accent" : ""), a.pinned ? " " : "", a.pinned ? tag("pinned") : "")))) : h("p", { class: "empty" }, "No version yet: the trainer offers its first one after some thousand transactions."));
    put(drift, state.drifts.length
      ? state.drifts.map((d) => h("div", { class: "box warn" }, h("strong", {}, `${d.model}: ${d.cause === "SHARES" ? "other shares of clusters" : "further from its centres"}`), h("br"), `since ${moment(d.eventTime)} (event time)`))
      : h("p", {}, tag("none", "good"), " The traffic is what the models have learned."),
      h("a", { href: "#/drift" }, "History"));
  }

  let ticks = 0;
  const end = onState((state) => {
    if (!state) return;
    showState(state);
    if (++ticks % 5 === 0 && minutes <= 60 && !document.hidden) load();
  });
  load();
  return () => {
    end();
    for (const c of [rate, latency, reviews]) c.end();
  };
}
