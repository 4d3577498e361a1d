// Predictions as they come, found by what an analyst asks for.

import { get, onState } from "./api.js";
import { append, h, put } from "./dom.js";
import { clock, moment, percent, score, value, zone } from "./format.js";
import { decision, failure, head, label, table, waiting } from "./parts.js";

const PAGE = 50;
const CSV_ROWS = 200;
const FILTERS = ["decision", "entity", "scoreMin", "scoreMax", "version", "cluster"];

const CSV = ["eventTime", "transactionId", "entityId", "decision", "score", "risk", "reason", "clusterId", "model", "version", "fraud"];

export function show(root, parameters) {
  const filter = Object.fromEntries(FILTERS.map((key) => [key, parameters.get(key) ?? ""]));
  let rows = [];
  let before = null;
  let paused = false;
  let busy = false;
  let newest = 0;
  const list = h("div", { class: "card" }, waiting());
  const count = h("span", { class: "minor", role: "status" });

  const inputs = {
    decision: h("select", {}, [["", "any"], ["REVIEW", "REVIEW"], ["PASS", "PASS"], ["UNSCORED", "UNSCORED"]].map(([v, t]) => h("option", { value: v, selected: v === filter.decision }, t))),
    entity: h("input", { value: filter.entity, maxlength: 400, autocomplete: "off" }),
    scoreMin: h("input", { class: "narrow", type: "number", min: 0, max: 1, step: "any", value: filter.scoreMin }),
    scoreMax: h("input", { class: "narrow", type: "number", min: 0, max: 1, step: "any", value: filter.scoreMax }),
    version: h("input", { class: "narrow", type: "number", min: 1, step: 1, value: filter.version }),
    cluster: h("input", { class: "narrow", type: "number", min: 0, step: 1, value: filter.cluster }),
  };
  const pause = h("button", { type: "button", class: "plain", "aria-pressed": "false", onclick: () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    pause.setAttribute("aria-pressed", String(paused));
    if (!paused) load();
  } }, "Pause");

  const form = h("form", { class: "filters", onsubmit: (e) => {
    e.preventDefault();
    const wanted = new URLSearchParams(FILTERS.map((key) => [key, inputs[key].value.trim()]).filter(([, v]) => v));
    location.hash = `#/live${wanted.size ? `?${wanted}` : ""}`;
  } },
    h("label", { class: "field" }, "Decision", inputs.decision),
    h("label", { class: "field" }, "Entity", inputs.entity),
    h("label", { class: "field" }, "Score from", inputs.scoreMin),
    h("label", { class: "field" }, "to", inputs.scoreMax),
    h("label", { class: "field" }, "Version", inputs.version),
    h("label", { class: "field" }, "Cluster", inputs.cluster),
    h("button", {}, "Filter"),
    FILTERS.some((key) => filter[key]) && h("a", { href: "#/live" }, "Clear"));
  const jump = h("form", { class: "filters", onsubmit: (e) => {
    e.preventDefault();
    const id = find.value.trim();
    if (id) location.hash = `#/transaction?id=${encodeURIComponent(id)}`;
  } });
  const find = h("input", { autocomplete: "off", maxlength: 400, "aria-label": "Transaction id", placeholder: "Transaction id" });
  append(jump, [find, h("button", { class: "plain" }, "Open")]);

  const download = h("button", { type: "button", class: "plain", onclick: async () => {
    try {
      const all = await get("console/predictions", { ...filter, before, limit: CSV_ROWS });
      save("predictions.csv", csv(all));
    } catch (e) {
      put(list, failure(e));
    }
  } }, "Download CSV");

  append(root, [
    head("Live predictions", `The newest first. Event times are ${zone()}.`, jump),
    h("div", { class: "card" }, form),
    h("div", { class: "split" }, count, h("div", { class: "row" }, download, pause)),
    list,
  ]);

  const columns = [
    ["Event time", (r) => h("a", { href: `#/transaction?id=${encodeURIComponent(r.transactionId)}` }, moment(r.eventTime)), "tight"],
    ["Transaction", (r) => r.transactionId, "id wide"],
    ["Entity", (r) => h("a", { href: `#/live?entity=${encodeURIComponent(r.entityId)}` }, r.entityId), "id"],
    ["Decision", (r) => decision(r.decision)],
    ["Score", (r) => score(r.score), "num"],
    ["Risk", (r) => (r.risk === null ? "" : r.risk.toFixed(3)), "num wide"],
    ["Reasons", reasons, "long"],
    ["Version", (r) => (r.version === null ? "" : h("a", { href: `#/models?model=${encodeURIComponent(r.model)}&version=${r.version}` }, r.version)), "num wide"],
    ["Label", (r) => (r.fraud === null ? "" : label(r.fraud)), "wide"],
  ];

  function reasons(r) {
    const causes = r.contributions.filter((c) => c.share >= 0.01).map((c) => `${c.feature} ${value(c.value)} (${percent(c.share, 0)})`).join(", ");
    return [r.reason && h("div", {}, r.reason), causes && h("div", { class: "minor" }, causes)];
  }

  const older = h("button", { type: "button", class: "plain", onclick: () => {
    before = rows.at(-1)?.id ?? null;
    if (!paused) pause.click();
    load();
  } }, "Older");
  const first = h("button", { type: "button", class: "plain", onclick: () => {
    before = null;
    if (paused) pause.click();
    else load();
  } }, "Newest");

  async function load() {
    if (busy) return;
    busy = true;
    try {
      rows = await get("console/predictions", { ...filter, before, limit: PAGE });
      const seen = newest;
      newest = Math.max(newest, rows[0]?.id ?? 0);
      put(list, table("Predictions", columns, rows, FILTERS.some((key) => filter[key]) ? "Nothing matches among the predictions that are kept (console.predictions.max). Take a filter away." : "No predictions yet. They appear when transactions are sent and a sidecar runs.", (r) => seen && r.id > seen && before === null),
        h("div", { class: "row end" }, before !== null && first, rows.length === PAGE && older));
      count.textContent = before === null && !paused ? `follows the stream; read at ${clock(Date.now())} ${zone()}` : "stands still";
    } catch (e) {
      put(list, failure(e));
    }
    busy = false;
  }

  // A link in the table must not move away from under the keyboard or the pointer.
  const held = () => list.contains(document.activeElement) || list.matches(":hover");
  let ticks = 0;
  const end = onState((state) => {
    if (state && !paused && before === null && ++ticks % 2 === 0 && !document.hidden && !held()) load();
  });
  load();
  return end;
}

/** A table for a spreadsheet. A text that would be a formula there is made one that is none. */
function csv(rows) {
  const cell = (v) => {
    const text = v === null || v === undefined ? "" : String(v);
    return `"${(typeof v === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  };
  const line = (r) => CSV.map((key) => cell(key === "eventTime" ? new Date(r[key]).toISOString() : r[key])).join(",");
  return [CSV.join(","), ...rows.map(line)].join("\r\n");
}

function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  h("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
