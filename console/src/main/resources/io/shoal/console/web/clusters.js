// Where the clusters lie, how large they are and what fraud they have seen, over the versions.

import { get } from "./api.js";
import { axis, chart, colour, mix } from "./charts.js";
import { append, h, put, remember } from "./dom.js";
import { fixed, moment, percent, value } from "./format.js";
import { card, failure, head, pairs, table, waiting } from "./parts.js";

/** The fraud rate in the middle of the colours. */
const RATE = 0.02;
const RADIUS = 55;

export function show(root, parameters) {
  let model = parameters.get("model") ?? "";
  let history = null;
  let at = 0;
  let chosen = parameters.has("cluster") ? Number(parameters.get("cluster")) : null;
  let playing = null;
  const chooser = h("select", { "aria-label": "Model", onchange: () => (location.hash = `#/clusters?model=${encodeURIComponent(chooser.value)}`) });
  const back = Number(parameters.get("span") ?? 300);
  const span = h("select", { "aria-label": "How far back", onchange: () => {
    remember("clusters", { model, span: span.value, cluster: chosen });
    load();
  } }, [[50, "50 versions"], [300, "300 versions"], [1000, "1,000 versions"]].map(([v, t]) => h("option", { value: v, selected: v === back }, t)));
  const slider = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "Version", oninput: () => move(Number(slider.value)) });
  const when = h("output", {});
  const play = h("button", { type: "button", class: "plain", onclick: toggle }, "Play");
  const about = h("div", {});
  const list = h("div", {}, waiting());
  const axes = h("p", { class: "minor" });
  const now = () => history?.moments[at];

  let limits = null;
  const picture = chart("Clusters on two principal components", () => {
    const clusters = now()?.clusters ?? [];
    const point = (c) => ({ x: squash(c.x), y: squash(c.y), r: Math.max(3, RADIUS * Math.sqrt(c.share)), c });
    return {
      type: "bubble",
      data: { datasets: [{
        data: clusters.map(point),
        backgroundColor: clusters.map((c) => mix("c1", "c2", c.fraudRate / (c.fraudRate + RATE)) + "b0"),
        borderColor: clusters.map((c) => (c.id === chosen ? colour("text") : colour("surface"))),
        borderWidth: clusters.map((c) => (c.id === chosen ? 3 : 1)),
      }] },
      options: {
        interaction: { mode: "nearest", intersect: true },
        onClick: (event, hit) => hit.length && choose(clusters[hit[0].index].id),
        plugins: { tooltip: { callbacks: { label: ({ raw: { c } }) => `cluster ${c.id}: ${percent(c.share, 2)} of the traffic, fraud ${percent(c.fraudRate, 2)}` } } },
        scales: {
          x: axis({ ...limits?.x, title: `first component (${percent(history?.shares[0], 0)} of the variance), logarithmic from the middle`, ticks: { callback: stretched } }),
          y: axis({ ...limits?.y, title: `second (${percent(history?.shares[1], 0)})`, ticks: { callback: stretched } }),
        },
      },
    };
  }, "tall");

  append(root, [
    head("Clusters", "What the model takes for usual: each circle is a cluster, as large as its traffic.", chooser, span),
    h("div", { class: "grid" },
      card("On the two directions that differ most", "w7", null,
        h("div", { class: "swatches" }, "fraud rate 0 %", h("span", { class: "ramp" }), `high (middle: ${percent(RATE, 0)})`),
        picture.element,
        h("div", { class: "row" }, play, when), slider, axes),
      card("Cluster", "w5", null, about),
      card("All clusters", "w12", null, list)),
  ]);

  function choose(id) {
    chosen = chosen === id ? null : id;
    remember("clusters", { model, span: span.value, cluster: chosen });
    draw();
  }

  function toggle() {
    if (playing) {
      clearInterval(playing);
      playing = null;
    } else {
      if (at === history.moments.length - 1) move(0);
      playing = setInterval(() => (at + 1 < history.moments.length ? move(at + 1) : toggle()), 350);
    }
    play.textContent = playing ? "Stop" : "Play";
  }

  function move(to) {
    at = to;
    slider.value = to;
    draw();
  }

  function draw() {
    const m = now();
    if (!m) return;
    const text = `version ${m.version}, learned up to ${moment(m.eventTime)} (event time)`;
    when.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    picture.describe(`${m.clusters.length} clusters of ${text} on two principal components`);
    picture.update();
    const rows = [...m.clusters].sort((a, b) => b.share - a.share);
    const c = rows.find((r) => r.id === chosen);
    put(about, c ? [
      pairs([
        ["cluster", c.id],
        ["share of traffic", percent(c.share, 2)],
        ["fraud rate", percent(c.fraudRate, 2)],
      ]),
      table("Its centre", [
        ["Feature", (f) => f.name],
        ["Centre", (f) => value(f.centre), "num"],
        ["from the mean", (f) => h("span", { title: "in standard deviations" }, `${f.deviation > 0 ? "+" : ""}${fixed(f.deviation, 1)}`), "num"],
      ], history.features.map((name, f) => ({ name, centre: c.centre[f], deviation: (c.centre[f] - history.means[f]) / history.scales[f] }))
        .sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation))),
      h("a", { href: `#/live?cluster=${c.id}` }, "Its newest predictions"),
    ] : h("p", { class: "empty" }, "Choose a circle, or a row of the table."));
    if (!list.contains(document.activeElement) || !playing) put(list, table("All clusters", [
      ["Cluster", (r) => h("button", { class: "link", type: "button", "aria-pressed": String(r.id === chosen), onclick: () => choose(r.id) }, r.id), "num"],
      ["Share", (r) => percent(r.share, 2), "num"],
      ["Fraud rate", (r) => percent(r.fraudRate, 2), "num"],
      ["What sets it apart", (r) => apart(r), "long"],
    ], rows));
  }

  function apart(c) {
    return history.features
      .map((name, f) => [name, (c.centre[f] - history.means[f]) / history.scales[f], c.centre[f]])
      .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 3)
      .map(([name, d, x]) => `${name} ${value(x)} (${d > 0 ? "+" : ""}${d.toFixed(1)})`).join(", ");
  }

  async function load() {
    try {
      const models = await get("models");
      model ||= models.includes("default") ? "default" : models[0] ?? "";
      put(chooser, models.map((m) => h("option", { value: m, selected: m === model }, m)));
      if (!model) {
        put(about, h("p", { class: "empty" }, "No model yet."));
        return;
      }
      history = await get(`console/models/${encodeURIComponent(model)}/history`, { span: span.value, points: 40 });
      const all = history.moments.flatMap((m) => m.clusters);
      const last = history.moments.at(-1)?.clusters ?? [];
      limits = all.length ? { x: range(all.map((c) => squash(c.x)), last.map((c) => squash(c.x))), y: range(all.map((c) => squash(c.y)), last.map((c) => squash(c.y))) } : null;
      slider.max = Math.max(0, history.moments.length - 1);
      axes.textContent = history.axes.map((axis, i) => `${i ? "second" : "first"}: ${axis.map((w, f) => [history.features[f], w]).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 3).map(([n, w]) => `${w > 0 ? "+" : "−"}${Math.abs(w).toFixed(2)} ${n}`).join(" ")}`).join("; ");
      if (chosen === null) chosen = [...(history.moments.at(-1)?.clusters ?? [])].sort((a, b) => b.fraudRate - a.fraudRate)[0]?.id ?? null;
      move(Math.max(0, history.moments.length - 1));
    } catch (problem) {
      put(list, failure(problem));
    }
  }

  load();
  return () => {
    clearInterval(playing);
    picture.end();
  };
}

/** As the score does, with logarithms: a cluster far out must not press all others into one spot. */
function squash(x) {
  return Math.sign(x) * Math.log1p(Math.abs(x));
}

function stretched(x) {
  return value(Math.sign(x) * Math.expm1(Math.abs(x)));
}

/** Room for all of the newest version and nearly all of those before: a cluster that once strayed far would shrink the rest. */
function range(values, newest) {
  const sorted = [...values].sort((a, b) => a - b);
  const low = Math.min(...newest, sorted[Math.floor(0.01 * sorted.length)]);
  const high = Math.max(...newest, sorted[Math.ceil(0.99 * sorted.length) - 1]);
  const room = Math.max((high - low) * 0.06, 0.1);
  return { min: low - room, max: high + room };
}
