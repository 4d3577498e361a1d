// When the traffic was no longer what the model had learned.

import { get, onState } from "./api.js";
import { axis, chart, line } from "./charts.js";
import { append, h, put } from "./dom.js";
import { count, moment, percent, value } from "./format.js";
import { card, failure, head, table, tag, waiting } from "./parts.js";

const CAUSES = {
  DISTANCE: "points lie further from their centres",
  SHARES: "clusters have other shares of the traffic",
};

export function show(root) {
  const going = h("div", {});
  const list = h("div", {}, waiting());
  let moments = [];
  const labels = () => moments.map((m) => m.version);
  const metric = (key) => moments.map((m) => m.metrics[key] ?? null);
  const distance = chart("Mean squared distance by version", () => ({
    type: "line",
    data: { labels: labels(), datasets: [line("mean squared distance", metric("mean_distance2"), "c1", { fill: true })] },
    options: { scales: { x: axis({ title: "version" }), y: axis({ beginAtZero: true }) } },
  }));
  const quarantine = chart("Quarantined share by version", () => ({
    type: "line",
    data: { labels: labels(), datasets: [line("quarantined", metric("quarantined_share"), "c2", { fill: true })] },
    options: { scales: { x: axis({ title: "version" }), y: axis({ beginAtZero: true, ticks: { callback: (v) => percent(v, 2) } }) } },
  }));
  const movement = chart("Movement of the centres by version", () => ({
    type: "line",
    data: { labels: labels(), datasets: [line("centre movement", metric("centre_movement"), "c3", { fill: true })] },
    options: { scales: { x: axis({ title: "version" }), y: axis({ beginAtZero: true }) } },
  }));

  append(root, [
    head("Drift", "Whether the traffic is still what the models have learned: the trainer says so when it no longer is, and when it is again."),
    going,
    h("div", { class: "grid" },
      card("Mean squared distance", "w4", "Of points to their nearest centre.", distance.element),
      card("Quarantined", "w4", "Share of points too far out to be learned from.", quarantine.element),
      card("Movement of the centres", "w4", "From a version to the next, in standard deviations.", movement.element),
      card("History", "w12", null, list)),
  ]);

  async function load() {
    try {
      const models = await get("models");
      const model = models.includes("default") ? "default" : models[0];
      if (model) {
        moments = (await get(`console/models/${encodeURIComponent(model)}/history`, { span: 1000, points: 100, clusters: false })).moments;
        await Promise.all([distance.update(), quarantine.update(), movement.update()]);
      }
    } catch (problem) {
      put(going, failure(problem));
    }
  }

  async function page(before) {
    const rows = await get("console/drifts", { before, limit: 50 });
    put(list, table("Drifts", [
      ["Event time", (d) => moment(d.eventTime), "tight"],
      ["Model", (d) => d.model, "wide"],
      ["Change", (d) => tag(d.change === "STARTED" ? "started" : "cleared", d.change === "STARTED" ? "warn" : "good")],
      ["What", (d) => CAUSES[d.cause] ?? d.cause, "long"],
      ["Before", (d) => (d.change === "STARTED" ? value(d.before) : ""), "num"],
      ["After", (d) => (d.change === "STARTED" ? value(d.after) : ""), "num"],
      ["Events seen", (d) => count(d.events), "num wide"],
    ], rows, "The trainer has told of no drift."),
    h("div", { class: "row end" }, rows.length === 50 && h("button", { class: "plain small", type: "button", onclick: () => page(rows.at(-1).id) }, "Older")));
  }

  const end = onState((state) => {
    if (!state) return;
    put(going, state.drifts.length
      ? state.drifts.map((d) => h("div", { class: "box warn" }, h("strong", {}, `${d.model}: ${CAUSES[d.cause] ?? d.cause}`), ` since ${moment(d.eventTime)} (event time); ${value(d.before)} before, ${value(d.after)} since`))
      : h("div", { class: "box good" }, "No drift goes on."));
  });
  load();
  page(null).catch((problem) => put(list, failure(problem)));
  return () => {
    end();
    for (const c of [distance, quarantine, movement]) c.end();
  };
}
