// Versions, their metrics and gates, what changed between two, who decided what and why.

import { get, may, onState, self, send } from "./api.js";
import { append, h, put, s } from "./dom.js";
import { ago, count, fixed, moment, none, percent, value, zone } from "./format.js";
import { card, change, copyable, failure, head, pairs, table, tag, toast, waiting } from "./parts.js";

const PAGE = 12;
const GATES = { PASSED: "good", FAILED: "bad", SKIPPED: "" };
const STATES = { READY: "good", REJECTED: "bad", DELETED: "" };

export function show(root, parameters) {
  let model = parameters.get("model") ?? "";
  let aliases = [];
  let older = false;
  const chooser = h("select", { "aria-label": "Model", onchange: () => (location.hash = `#/models?model=${encodeURIComponent(chooser.value)}`) });
  const current = h("div", {});
  const requests = h("div", {});
  const list = h("div", {}, waiting());
  const detail = h("div", {});
  const audit = h("div", {});
  const tree = h("div", {});
  const answer = h("div", { role: "status" });
  const path = () => `models/${encodeURIComponent(model)}`;

  const at = h("input", { "aria-label": "Moment (UTC)", placeholder: "2026-11-21T14:03:07Z", autocomplete: "off" });
  const deciding = h("form", { class: "row", onsubmit: async (e) => {
    e.preventDefault();
    try {
      const entry = await get(`${path()}/deciding`, { at: at.value.trim() });
      put(answer, h("div", { class: "box good" }, "Version ", h("strong", {}, entry.toVersion), ` decided: ${entry.action.toLowerCase()} by ${entry.changedBy} at ${moment(entry.changedAt)} ${zone()} (${entry.reason}).`));
    } catch (problem) {
      put(answer, failure(problem));
    }
  } }, at, h("button", {}, "Which one decided?"));

  const body = h("div", { class: "grid loose" },
    card("Versions", "w7", null, list),
    h("div", { class: "w5 stack" },
      card("Aliases", "", null, current, requests),
      card("Which version decided at …", "", null, deciding, answer)),
    h("div", { class: "w12" }, detail),
    card("What became of the clusters", "w12", "A line per cluster that came, went or was split, over the last versions; the others only moved.", tree),
    card("Audit log", "w12", null, audit));
  append(root, [head("Models", null, chooser), body]);

  /** Moves an alias; under two-person approval the answer is a request. */
  function promote(version) {
    const from = aliases.find((a) => a.alias === "champion")?.version ?? null;
    return change({
      title: `Promote version ${version}`,
      text: from ? `The champion is version ${from} now. Sidecars change between two records.` : "Sidecars take it between two records.",
      fields: [["alias", "Alias", "champion"]],
      confirm: "Promote",
      act: ({ alias, by, reason }) => send("PUT", `${path()}/aliases/${encodeURIComponent(alias)}`, { version, by, reason }),
    }, self()).then((done) => {
      if (!done) return;
      toast(done.result.state === "PENDING" ? `Request ${done.result.id} waits for another person's approval.` : `${done.result.alias} is version ${done.result.version}.`);
      refresh();
    });
  }

  function rollback(alias) {
    return change({
      title: `Roll ${alias.alias} back`,
      text: `It names version ${alias.version} now and goes back to the one before.`,
      confirm: "Roll back",
      danger: true,
      act: ({ by, reason }) => send("POST", `${path()}/aliases/${encodeURIComponent(alias.alias)}/rollback`, { by, reason }),
    }, self()).then((done) => {
      if (!done) return;
      toast(`${done.result.alias} is version ${done.result.version}.`);
      refresh();
    });
  }

  function unpin(alias) {
    return change({
      title: `Give ${alias.alias} back to the policy`,
      text: "The automatic policy may move it again.",
      confirm: "Unpin",
      act: ({ by, reason }) => send("DELETE", `${path()}/aliases/${encodeURIComponent(alias.alias)}/pin?${new URLSearchParams({ ...(by ? { by } : {}), reason })}`),
    }, self()).then((done) => {
      if (!done) return;
      toast(`${alias.alias} is free again.`);
      refresh();
    });
  }

  function decide(request, verb) {
    return change({
      title: `${verb === "approve" ? "Approve" : "Reject"} request ${request.id}`,
      text: `${request.alias} to version ${request.version}, asked by ${request.askedBy}: ${request.askedWhy}`,
      confirm: verb === "approve" ? "Approve" : "Reject",
      danger: verb === "reject",
      act: ({ by, reason }) => send("POST", `${path()}/requests/${request.id}/${verb}`, { by, reason }),
    }, self()).then((done) => {
      if (!done) return;
      toast(`Request ${request.id}: ${done.result.state.toLowerCase()}.`);
      refresh();
    });
  }

  async function showAliases() {
    aliases = await get(`${path()}/aliases`);
    put(current, table("Aliases", [
      ["Alias", (a) => [tag(a.alias, a.alias === "champion" ? "accent" : ""), a.pinned ? " " : "", a.pinned ? tag("pinned") : ""]],
      ["Version", (a) => h("a", { href: at2(a.version) }, a.version), "num"],
      ["Since", (a) => ago(a.changedAt), "tight"],
      ["Change", (a) => may("promoter") ? h("div", { class: "row end" },
        a.pinned && h("button", { class: "plain small", type: "button", onclick: () => unpin(a) }, "Unpin"),
        h("button", { class: "plain small", type: "button", onclick: () => rollback(a) }, "Roll back")) : null],
    ], aliases, "No alias yet."));
    const pending = (await get(`${path()}/requests`, { limit: 50 })).filter((r) => r.state === "PENDING");
    put(requests, pending.map((r) => h("div", { class: "box warn" },
      h("p", {}, h("strong", {}, `Request ${r.id}`), `: ${r.alias} to version ${r.version}, asked by ${r.askedBy} ${ago(r.askedAt)}: ${r.askedWhy}`),
      may("promoter") && h("div", { class: "row end" },
        h("button", { class: "small", type: "button", onclick: () => decide(r, "approve") }, "Approve"),
        h("button", { class: "plain small", type: "button", onclick: () => decide(r, "reject") }, "Reject")))));
  }

  const at2 = (version) => `#/models?model=${encodeURIComponent(model)}&version=${version}`;

  async function showVersions(before) {
    older = before !== null;
    const rows = await get(`${path()}/versions`, { before, limit: PAGE });
    put(list, table("Versions", [
      ["Version", (v) => h("a", { href: at2(v.version), "aria-current": String(v.version) === parameters.get("version") ? "true" : null }, v.version), "num"],
      ["State", (v) => tag(v.state, STATES[v.state])],
      ["Registered", (v) => moment(v.registeredAt), "tight"],
      ["Learned up to", (v) => moment(v.eventTime), "tight wide"],
      ["Alias", (v) => aliases.filter((a) => a.version === v.version).map((a) => [tag(a.alias, "accent"), " "])],
    ], rows, "No version yet."),
    h("div", { class: "row end" },
      before && h("button", { class: "plain small", type: "button", onclick: () => showVersions(null) }, "Newest"),
      rows.length === PAGE && h("button", { class: "plain small", type: "button", onclick: () => showVersions(rows.at(-1).version) }, "Older")));
  }

  async function showVersion(version) {
    let d;
    try {
      d = await get(`${path()}/versions/${encodeURIComponent(version)}`);
    } catch (problem) {
      put(detail, failure(problem));
      return;
    }
    const champion = aliases.find((a) => a.alias === "champion")?.version;
    const compared = h("div", {});
    const other = h("input", { type: "number", min: 1, class: "narrow", "aria-label": "Compare with version", value: champion && champion !== d.version.version ? champion : Math.max(1, d.version.version - 1) });
    const compare = h("form", { class: "row", onsubmit: async (e) => {
      e.preventDefault();
      try {
        put(compared, difference(await get(`${path()}/diff`, { from: other.value, to: d.version.version })));
      } catch (problem) {
        put(compared, failure(problem));
      }
    } }, "Compare with version", other, h("button", { class: "plain" }, "Compare"));
    put(detail, h("section", { class: "card", id: "version" },
      h("header", {}, h("h2", {}, `Version ${d.version.version}`),
        h("div", { class: "row" },
          d.aliases.map((a) => tag(a, "accent")),
          tag(d.version.state, STATES[d.version.state]),
          may("promoter") && d.version.state === "READY" && h("button", { type: "button", id: "promote", onclick: () => promote(d.version.version) }, "Promote"))),
      d.version.reason && h("div", { class: "box bad" }, d.version.reason),
      h("div", { class: "grid" },
        h("div", { class: "w5 stack" }, pairs([
          ["registered", moment(d.version.registeredAt)],
          ["learned up to", `${moment(d.version.eventTime)} (event time)`],
          ["clusters", d.clusters ?? none],
          ["features", d.features?.join(", ") ?? none],
          ["parameters", Object.entries(d.parameters ?? {}).map(([k, v]) => `${k} ${v}`).sort().join(", ") || none],
          ["since the one before", Object.entries(d.lineage ?? {}).map(([k, v]) => `${v} ${k.toLowerCase()}`).join(", ") || none],
          ["job", h("span", { class: "mono" }, `${d.version.jobId}, ${d.version.sequence}`)],
          ["checksum", d.version.checksum ? copyable(d.version.checksum, h("span", { class: "mono" }, `${d.version.checksum.slice(0, 16)}…`)) : none],
          ["files", d.clusters ? ["avro", "pmml", "onnx"].map((f) => [h("a", { href: `api/v1/${path()}/versions/${d.version.version}/export?format=${f}`, download: true }, f), " "]) : "pruned"],
        ])),
        h("div", { class: "w7 stack" },
          h("h3", {}, "Gates"),
          table("Gates", [
            ["Gate", (g) => g.gate],
            ["Outcome", (g) => tag(g.outcome, GATES[g.outcome])],
            ["Measured", (g) => value(g.measured), "num"],
            ["Bound", (g) => value(g.bound), "num"],
            ["Detail", (g) => h("span", { class: "minor" }, g.detail), "wide"],
          ], d.gates, "None was measured."),
          h("h3", {}, "Metrics"),
          pairs(Object.entries(d.metrics ?? {}).sort().map(([k, v]) => [k.replaceAll("_", " "), Number.isInteger(v) ? count(v) : value(v)])))),
      compare, compared));
    if (parameters.has("version")) document.getElementById("version")?.scrollIntoView({ block: "nearest" });
  }

  async function showAudit(before) {
    const rows = await get(`${path()}/audit`, { before, limit: PAGE });
    const seal = h("span", { class: "minor", role: "status" });
    put(audit, table("Audit log", [
      ["When", (e) => moment(e.changedAt), "tight"],
      ["Who", (e) => e.changedBy, "id"],
      ["What", (e) => tag(e.action, e.action === "PROMOTE" ? "accent" : e.action === "ROLLBACK" ? "warn" : "")],
      ["Alias", (e) => e.alias, "wide"],
      ["From", (e) => e.fromVersion ?? "", "num"],
      ["To", (e) => e.toVersion ?? "", "num"],
      ["Why", (e) => e.reason, "long"],
    ], rows, "Nothing was changed yet."),
    h("div", { class: "row end" }, seal,
      h("button", { class: "plain small", type: "button", onclick: async () => {
        try {
          const i = await get("audit/integrity");
          seal.textContent = i.brokenAt === null ? `whole: ${count(i.rows)} rows, seal ${i.lastHash.slice(0, 16)}…` : `broken at row ${i.brokenAt}`;
        } catch (e) {
          seal.textContent = e.message;
        }
      } }, "Verify the log"),
      before && h("button", { class: "plain small", type: "button", onclick: () => showAudit(null) }, "Newest"),
      rows.length === PAGE && h("button", { class: "plain small", type: "button", onclick: () => showAudit(rows.at(-1).id) }, "Older")));
  }

  async function showTree() {
    put(tree, lineage(await get(`console/${path()}/lineage`, { span: 300 })));
  }

  async function refresh() {
    try {
      await showAliases();
      await Promise.all([showVersions(null), showAudit(null)]);
    } catch (problem) {
      put(list, failure(problem));
    }
  }

  (async () => {
    try {
      const models = await get("models");
      model ||= models.includes("default") ? "default" : models[0] ?? "";
      put(chooser, models.map((m) => h("option", { value: m, selected: m === model }, m)));
      if (!model) {
        put(body, h("div", { class: "w12" }, h("p", { class: "empty" }, "No model yet: the trainer offers its first version when it has seen some thousand transactions.")));
        return;
      }
      await refresh();
      const version = parameters.get("version") ?? aliases.find((a) => a.alias === "champion")?.version;
      if (version) await showVersion(version);
      await showTree();
    } catch (problem) {
      put(body, failure(problem));
    }
  })();

  let known = "";
  return onState((state) => {
    const now = JSON.stringify(state?.aliases.filter((a) => a.model === model).map((a) => [a.alias, a.version]));
    if (known && now !== known && model && !document.querySelector("dialog[open]") && !current.contains(document.activeElement)) {
      showAliases().then(() => (older || list.contains(document.activeElement) || list.matches(":hover") ? null : showVersions(null))).catch(() => null);
    }
    known = now;
  });
}

function difference(d) {
  return h("div", { class: "stack" },
    h("p", {}, `From ${d.from} to ${d.to} the centres moved ${fixed(d.meanMovement, 4)} standard deviations on average; ${d.born.length} clusters were born, ${d.dead.length} died.`),
    h("div", { class: "grid" },
      h("div", { class: "w8" }, table("Clusters that moved", [
        ["Cluster", (m) => m.id, "num"],
        ["Moved", (m) => fixed(m.distance, 3), "num"],
        ["Most in", (m) => m.feature],
        ["Traffic before", (m) => percent(m.weightFrom, 2), "num"],
        ["after", (m) => percent(m.weightTo, 2), "num"],
      ], d.moved.slice(0, 10), "No cluster is in both.")),
      h("div", { class: "w4" }, table("Scales", [
        ["Feature", (f) => f.feature],
        ["Scale", (f) => value(f.from), "num"],
        ["after", (f) => value(f.to), "num"],
      ], d.scales, "No feature is in both."))));
}

/** Lives of clusters over versions, with who they came from. */
function lineage(tree) {
  if (!tree.events.length) return h("p", { class: "empty" }, tree.versions ? `In the last ${tree.versions} versions no cluster came, went or was split.` : "No version yet.");
  const lives = new Map();
  const open = new Set(tree.first);
  const start = (id) => lives.get(id) ?? lives.set(id, { id, from: tree.from, to: null, marks: [], parents: [] }).get(id);
  for (const e of tree.events) {
    const life = start(e.cluster);
    if (e.change === "GONE") life.to = e.version;
    else {
      if (!open.has(e.cluster)) life.from = e.version;
      open.add(e.cluster);
      life.to = null;
      life.marks.push(e);
      for (const p of e.parents) {
        start(p);
        life.parents.push([e.version, p]);
      }
    }
  }
  const rows = [...lives.values()].sort((a, b) => a.from - b.from || a.id - b.id).slice(0, 80);
  const place = new Map(rows.map((r, i) => [r.id, i]));
  const width = 1000;
  const x = (v) => 50 + ((width - 70) * (v - tree.from)) / Math.max(1, tree.to - tree.from);
  const y = (i) => 26 + i * 14;
  const picture = s("svg", { class: "tree", viewBox: `0 0 ${width} ${40 + rows.length * 14}`, role: "img", "aria-label": `Lives of ${rows.length} clusters from version ${tree.from} to ${tree.to}` },
    s("text", { x: 50, y: 12 }, `version ${tree.from}`),
    s("text", { x: width - 20, y: 12, "text-anchor": "end" }, `version ${tree.to}`),
    rows.map((r, i) => [
      s("text", { x: 40, y: y(i) + 4, "text-anchor": "end" }, r.id),
      s("line", { class: "life", x1: x(r.from), x2: x(r.to ?? tree.to), y1: y(i), y2: y(i) }),
      r.parents.filter(([, p]) => place.has(p)).map(([v, p]) => s("path", { class: "join", d: `M${x(v)} ${y(place.get(p))} L${x(v)} ${y(i)}` })),
      r.marks.map((e) => s("circle", { class: "mark", cx: x(e.version), cy: y(i), r: 3.5 }, s("title", {}, `${e.change.toLowerCase()} in version ${e.version}${e.parents.length ? ` from ${e.parents.join(", ")}` : ""}`))),
    ]));
  return h("div", { class: "stack" },
    h("div", { class: "vmax", tabindex: "0", role: "region", "aria-label": "Lives of clusters" }, picture),
    h("details", {}, h("summary", {}, `${tree.events.length} events`), table("Events", [
      ["Version", (e) => e.version, "num"],
      ["Cluster", (e) => e.cluster, "num"],
      ["What", (e) => tag(e.change.toLowerCase())],
      ["From", (e) => e.parents.join(", ")],
    ], tree.events.slice(-100).reverse())));
}
