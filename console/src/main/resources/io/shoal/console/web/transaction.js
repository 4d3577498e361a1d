// One transaction: what it was, what is usual, what would have made it pass.

import { get } from "./api.js";
import { append, h, put, s } from "./dom.js";
import { fixed, moment, percent, score, value } from "./format.js";
import { bar, card, copyable, decision, failure, head, label, pairs, stats, table, tag, waiting } from "./parts.js";

const WIDEST = 6;

export function show(root, parameters) {
  const id = parameters.get("id") ?? "";
  const body = h("div", {}, waiting());
  body.style.display = "contents";
  append(root, [head(`Transaction ${id}`, null, h("a", { href: "#/live" }, "All predictions")), body]);
  get("console/transaction", { id }).then((view) => put(body, shown(view)), (e) => put(body, failure(e)));
}

function shown(view) {
  const p = view.prediction;
  const x = view.explanation;
  return [
    stats(
      ["Decision", decision(p.decision), p.reason ?? ""],
      ["Score", score(p.score), "share of recent traffic that is less unusual"],
      ["Risk", fixed(p.risk, 3), p.risk === null ? "no labels had come" : "probability of fraud"],
      ["Label", label(p.fraud), p.knownAt ? `known ${moment(p.knownAt)}` : "comes late, if at all"],
      ["Version", h("a", { href: `#/models?model=${encodeURIComponent(p.model ?? "")}&version=${p.version}` }, p.version ?? "–"), p.model ?? ""],
    ),
    view.missing.length ? h("div", { class: "box warn" }, `Not all can be shown: ${view.missing.join("; ")}.`) : null,
    h("div", { class: "grid loose" },
      x ? features(x) : null,
      x && p.decision === "REVIEW" ? passing(view, x) : null,
      h("div", { class: "w4 stack" }, card("Prediction", "", null, pairs([
        ["transaction", copyable(p.transactionId)],
        ["entity", copyable(p.entityId, h("a", { href: `#/live?entity=${encodeURIComponent(p.entityId)}` }, p.entityId))],
        ["event time", moment(p.eventTime)],
        ["sent", moment(p.at)],
        ["address", copyable(location.href, "of this page")],
      ])),
      card("Cluster", "", null, x ? pairs([
        ["nearest", h("a", { href: `#/clusters?cluster=${x.clusterId}` }, x.clusterId)],
        ["share of traffic", percent(x.clusterShare, 2)],
        ["fraud rate", percent(x.clusterFraudRate, 2)],
        ["distance²", value(p.distance2)],
      ]) : h("p", { class: "empty" }, p.clusterId === null ? "It was not scored." : `cluster ${p.clusterId}`))),
      card("Original record", "w4", `${p.sourceTopic}, partition ${p.sourcePartition}, offset ${p.sourceOffset}`,
        view.source ? pairs(Object.entries(view.source).map(([k, v]) => [k, typeof v === "object" && v !== null ? JSON.stringify(v) : String(v)])) : h("p", { class: "empty" }, "Kafka has it no more.")),
      card("All features", "w4", `fingerprint ${p.fingerprint}`,
        view.features ? pairs(Object.entries(view.features).map(([k, v]) => [k, value(v)])) : h("p", { class: "empty" }, "Kafka has them no more.")),
      view.shadows.length ? card("What other versions said", "w12", null, table("Shadow scores", [
        ["Alias", (r) => tag(r.alias)],
        ["Version", (r) => r.version, "num"],
        ["Score", (r) => score(r.score), "num"],
        ["Risk", (r) => fixed(r.risk, 3), "num"],
        ["Decision", (r) => decision(r.review ? "REVIEW" : "PASS")],
      ], view.shadows)) : null),
  ];
}

function features(x) {
  return card("Its features beside what is usual for its cluster", "w12",
    "The band is the cluster's centre, one standard deviation to each side; the mark is this transaction.",
    h("div", {},
      h("div", { class: "feature title" }, h("span", {}, "Feature"), h("span", {}, "Value (usual)"), h("span", {}, "Standard deviations from the centre"), h("span", {}, "Share")),
      [...x.features].sort((a, b) => b.share - a.share).map((f) =>
        h("div", { class: "feature" },
          h("span", { class: "name" }, f.name),
          h("span", {}, h("strong", {}, value(f.value)), " ", h("span", { class: "minor" }, `(${value(f.centre)})`)),
          h("span", { class: "plot" }, plot(f)),
          h("span", { class: "share" }, h("span", { class: "minor" }, percent(f.share, 0)), bar(f.share, true))))));
}

/** A line from -6 to +6 standard deviations; what lies beyond sits at its end, with an arrow. */
function plot(f) {
  const at = Math.max(-WIDEST, Math.min(WIDEST, f.deviation));
  const px = (d) => 50 + (46 * d) / WIDEST;
  const beyond = Math.abs(f.deviation) > WIDEST;
  return s("svg", { viewBox: "0 0 100 12", preserveAspectRatio: "none", role: "img", "aria-label": `${f.name}: ${f.deviation.toFixed(1)} standard deviations from the centre` },
    s("line", { class: "axis", x1: 2, x2: 98, y1: 6, y2: 6, "vector-effect": "non-scaling-stroke" }),
    s("rect", { class: "usual", x: px(-1), width: px(1) - px(-1), y: 1, height: 10 }),
    s("line", { class: "middle", x1: 50, x2: 50, y1: 1, y2: 11, "vector-effect": "non-scaling-stroke" }),
    beyond
      ? s("path", { class: "here", d: at > 0 ? "M96 2 L99 6 L96 10 Z" : "M4 2 L1 6 L4 10 Z" })
      : s("rect", { class: "here", x: px(at) - 0.7, width: 1.4, y: 1.5, height: 9 }));
}

function passing(view, x) {
  const single = x.alternatives.filter((a) => a.feature !== null);
  const names = x.features.map((f) => f.name);
  const values = new Map(x.features.map((f) => [f.name, f.value]));
  if (single.length) {
    return card("What would have made it pass", "w12", "One feature changed, all others as they were; the smallest change first.",
      table("Changes that would have passed", [
        ["Feature", (a) => a.feature],
        ["from", (a) => value(values.get(a.feature)), "num"],
        ["to", (a) => h("strong", {}, value(a.values[names.indexOf(a.feature)])), "num"],
        ["standard deviations", (a) => fixed(a.deviations, 2), "num wide"],
        ["score then", (a) => score(a.score), "num"],
        ["risk then", (a) => fixed(a.risk, 3), "num"],
      ], single));
  }
  const together = x.alternatives[0];
  return card("What would have made it pass", "w12", "No single feature would have done; this is the smallest change of all of them towards what is usual.",
    together ? table("Change that would have passed", [
      ["Feature", (f) => f.name],
      ["from", (f) => value(f.value), "num"],
      ["to", (f) => h("strong", {}, value(together.values[names.indexOf(f.name)])), "num"],
    ], x.features) : h("p", { class: "empty" }, "None was found."));
}
