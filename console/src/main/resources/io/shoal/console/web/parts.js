// What several pages are made of.

import { append, h, put } from "./dom.js";
import { name, setName } from "./api.js";

export function head(title, text, ...tools) {
  return h("div", { class: "head" }, h("div", {}, h("h1", {}, title), text && h("p", {}, text)), h("div", { class: "row" }, ...tools));
}

export function card(title, width, text, ...children) {
  return h("section", { class: `card ${width ?? ""}` }, h("header", {}, h("h2", {}, title), text && h("p", {}, text)), ...children);
}

export function stats(...entries) {
  return h("dl", { class: "stats" }, entries.map(([label, value, sub]) =>
    h("div", { class: "stat" }, h("dt", {}, label), h("dd", {}, value), h("dd", { class: "sub" }, sub ?? ""))));
}

export function pairs(entries) {
  return h("dl", { class: "pairs" }, entries.map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]));
}

export function tag(text, kind = "") {
  return h("span", { class: `tag ${kind}` }, text);
}

const KINDS = { REVIEW: "warn", PASS: "good", UNSCORED: "" };

export function decision(text) {
  return tag(text, KINDS[text] ?? "");
}

export function label(fraud) {
  return fraud === null || fraud === undefined ? h("span", { class: "minor" }, "no label") : fraud ? tag("fraud", "bad") : tag("legitimate", "good");
}

/** A table; columns are [head, cell of a row, class]. It scrolls sideways on its own, with the keyboard too. */
export function table(caption, columns, rows, empty = "Nothing yet.", freshOf = null) {
  if (!rows.length) return h("p", { class: "empty" }, empty);
  const stacked = columns.some(([, , style]) => style === "long") ? " stacked" : "";
  return h("div", { class: `scroll${stacked}`, tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("thead", {}, h("tr", {}, columns.map(([title, , style]) => h("th", { class: style, scope: "col" }, title)))),
      h("tbody", {}, rows.map((row) =>
        h("tr", { class: freshOf?.(row) ? "fresh" : null }, columns.map(([title, cell, style]) => append(h("td", { class: style, "data-label": columns.length > 1 ? title : null }), [cell(row)])))))));
}

/** What stands there until the first answer. */
export function waiting() {
  return h("p", { class: "empty" }, "Loading …");
}

/** A text that others ask for, with a button that copies it. */
export function copyable(text, shown = text) {
  return h("span", { class: "copied" }, shown, h("button", { class: "plain small", type: "button", "aria-label": `Copy ${text}`, onclick: async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast("Copied.");
    } catch {
      toast("The browser does not let this page copy; select the text.", "warn");
    }
  } }, "Copy"));
}

export function bar(share, hot = false) {
  const inner = h("span", {});
  inner.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return h("div", { class: `bar${hot ? " hot" : ""}` }, inner);
}

export function failure(e) {
  const help = e.status === 401 ? " Sign in with a token (top right)." : "";
  return h("div", { class: "box bad", role: "alert" }, (e.message ?? String(e)) + help);
}

const toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

export function toast(text, kind = "good") {
  if (!toasts.isConnected) document.body.append(toasts);
  const box = h("div", { class: `box ${kind}` }, text);
  toasts.append(box);
  setTimeout(() => box.remove(), 8000);
}

/**
 * Asks for confirmation, with fields [key, label, preset, kind]; resolves to their values, or to null. With `act` the
 * dialog stays until that has succeeded, and says why it has not.
 */
export function ask({ title, text, fields = [], confirm, danger = false, act = null }) {
  return new Promise((resolve) => {
    const inputs = new Map(fields.map(([key, , preset, kind]) =>
      [key, kind === "long" ? h("textarea", { rows: 3, required: true, maxlength: 2000 }, preset ?? "") : h("input", { type: kind ?? "text", required: true, maxlength: 200, value: preset ?? "", autocomplete: "off" })]));
    const problem = h("div", {});
    const go = h("button", { class: danger ? "danger" : "" }, confirm);
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" },
      h("form", { method: "dialog", onsubmit: submit },
        h("h2", { id: "dialog-title" }, title),
        text && h("p", { class: "minor" }, text),
        fields.map(([key, title2]) => h("label", { class: "field" }, title2, inputs.get(key))),
        problem,
        h("div", { class: "row end" }, h("button", { type: "button", class: "plain", onclick: () => end(null) }, "Cancel"), go)));
    const before = document.activeElement;
    function end(result) {
      dialog.close();
      dialog.remove();
      before?.focus?.();
      resolve(result);
    }
    async function submit(event) {
      event.preventDefault();
      const values = Object.fromEntries([...inputs].map(([key, input]) => [key, input.value.trim()]));
      go.disabled = true;
      try {
        end(act ? { values, result: await act(values) } : { values });
      } catch (e) {
        put(problem, failure(e));
        go.disabled = false;
      }
    }
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(null);
    });
    document.getElementById("dialogs").append(dialog);
    dialog.showModal();
  });
}

/** A change with who and why. */
export function change(options, self) {
  const who = self?.name ? [] : [["by", "Your name", name()]];
  return ask({
    ...options,
    fields: [...(options.fields ?? []), ...who, ["reason", "Reason (stands in the audit log)", "", "long"]],
    act: async (values) => {
      if (values.by) setName(values.by);
      return options.act(values);
    },
  });
}

/** Calls `load` now and on every tick that wants it; shows what goes wrong in place of the page. */
export async function guarded(root, load) {
  try {
    await load();
  } catch (e) {
    if (e.name !== "AbortError") put(root, failure(e));
  }
}
