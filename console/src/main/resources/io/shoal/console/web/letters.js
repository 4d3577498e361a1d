// What could not be used, why, and another try.

import { get, may, name, self, send, setName } from "./api.js";
import { append, h, put } from "./dom.js";
import { ago, count, moment } from "./format.js";
import { ask, card, failure, head, pairs, table, tag, toast, waiting } from "./parts.js";

const PAGE = 20;

export function show(root, parameters) {
  const reason = parameters.get("reason") ?? "";
  const reasons = h("div", {});
  const list = h("div", { class: "stack" }, waiting());
  append(root, [
    head("Dead letters", "Records that could not be used, as they came, and why. The stream goes on without them."),
    h("div", { class: "grid loose" }, card("Reasons", "w4", null, reasons), card(reason ? `Reason: ${reason}` : "The newest", "w8", null, list)),
  ]);

  async function load(before) {
    try {
      const all = await get("console/dead-letters/reasons");
      put(reasons, table("Reasons", [
        ["Reason", (r) => h("a", { href: `#/letters?reason=${encodeURIComponent(r.reason)}`, "aria-current": r.reason === reason ? "true" : null }, r.reason)],
        ["Count", (r) => count(r.count), "num"],
        ["Last", (r) => ago(r.lastAt), "tight"],
      ], all, "None."), reason && h("a", { href: "#/letters" }, "All reasons"));
      const rows = await get("console/dead-letters", { reason, before, limit: PAGE });
      put(list, rows.length ? rows.map(letter) : h("p", { class: "empty" }, "No dead letters: everything could be read."),
        h("div", { class: "row end" },
          before && h("button", { class: "plain small", type: "button", onclick: () => load(null) }, "Newest"),
          rows.length === PAGE && h("button", { class: "plain small", type: "button", onclick: () => load(rows.at(-1).id) }, "Older")));
    } catch (problem) {
      put(list, failure(problem));
    }
  }

  function letter(l) {
    return h("article", { class: "column" },
      h("div", { class: "split" },
        h("div", { class: "row" }, tag(l.reason, "warn"), h("span", { class: "minor" }, `${moment(l.at)} · ${l.source} ${l.partition}, offset ${l.offset}`)),
        may("publisher") && l.retryable && h("button", { class: "plain small", type: "button", onclick: () => retry(l) }, "Send again")),
      h("p", {}, l.message),
      l.retriedAt && h("p", { class: "minor" }, `sent again by ${l.retriedBy} ${ago(l.retriedAt)}`),
      l.truncated && h("p", { class: "minor" }, "Too large to be kept here; Kafka has it."),
      h("details", {}, h("summary", {}, "What it holds"),
        h("div", { class: "stack" },
          l.key && bytes("Key", l.key),
          l.value ? bytes("Value", l.value) : h("p", { class: "minor" }, "no value"),
          l.exception && pairs([["exception", h("span", { class: "mono" }, l.exception)]]))));
  }

  function bytes(title, b) {
    return h("div", { class: "stack" },
      h("h3", {}, `${title}, ${count(b.bytes)} bytes`, b.fields ? " (Avro)" : b.text !== null ? " (text)" : ""),
      b.fields ? pairs(Object.entries(b.fields).map(([k, v]) => [k, typeof v === "object" && v !== null ? JSON.stringify(v) : String(v)]))
        : b.text !== null ? h("pre", { tabindex: "0" }, b.text) : h("pre", { class: "mono", tabindex: "0" }, b.hex));
  }

  async function retry(l) {
    const done = await ask({
      title: "Send this record again",
      text: `It goes to ${l.source} as it was. What could not be read then, because of a schema for instance, may be read now; else it comes back here.`,
      fields: self()?.name ? [] : [["by", "Your name", name()]],
      confirm: "Send again",
      act: (values) => {
        if (values.by) setName(values.by);
        return send("POST", `console/dead-letters/${l.id}/retry`, values);
      },
    });
    if (done) {
      toast(`Sent to ${l.source} again.`);
      load(null);
    }
  }

  load(null);
}
