// From a file to a registered version, without code.

import { events, may, name, self, send, setName, upload } from "./api.js";
import { axis, chart, colour } from "./charts.js";
import { append, h, put, s } from "./dom.js";
import { count, fixed, percent, score, value } from "./format.js";
import { ask, bar, card, failure, head, stats, table, tag, toast } from "./parts.js";

/** Before listening again to a training whose stream broke off. */
const PAUSE_MS = 1000;

export function show(root) {
  let table_ = null;
  let listening = null;
  let charts = [];
  const step2 = h("div", {});
  const step3 = h("div", {});
  for (const e of [step2, step3]) e.style.display = "contents";

  const input = h("input", { type: "file", accept: ".csv,text/csv", id: "file", onchange: () => input.files[0] && take(input.files[0]) });
  const drop = h("div", { class: "drop",
    ondragover: (e) => {
      e.preventDefault();
      drop.classList.add("over");
    },
    ondragleave: () => drop.classList.remove("over"),
    ondrop: (e) => {
      e.preventDefault();
      drop.classList.remove("over");
      if (e.dataTransfer.files[0]) take(e.dataTransfer.files[0]);
    } },
    h("label", { for: "file" }, h("strong", {}, "Choose a CSV file"), " or drop it here"),
    input,
    h("p", { class: "minor" }, "The first line names the columns. It is kept in the registry's memory until others take its place, 16 MiB at most unless http.request.bytes.max says otherwise; nothing is written to disk before you register a version."));
  const uploaded = h("div", { role: "status" });

  append(root, [
    head("Train from a file", "Choose a table, tick what matters, look at what was found, and register it as a version."),
    card("1. File", "", null, may("publisher") ? drop : h("div", { class: "box warn" }, "This needs the role publisher: sign in with such a token (top right)."), uploaded),
    step2,
    step3,
  ]);

  async function take(file) {
    put(uploaded, h("p", {}, `Reading ${file.name} …`));
    stop();
    put(step2);
    put(step3);
    try {
      table_ = await upload(`console/training/files?${new URLSearchParams({ name: file.name })}`, file);
      put(uploaded, h("div", { class: "box good" }, `${table_.name}: ${count(table_.rows)} rows, ${table_.columns.length} columns`));
      showColumns();
    } catch (problem) {
      put(uploaded, failure(problem));
    }
  }

  function showColumns() {
    const numeric = table_.columns.filter((c) => c.distribution);
    const binary = numeric.filter((c) => c.distribution.min === 0 && c.distribution.max === 1 && c.distribution.counts.slice(1, -1).every((n) => n === 0));
    const guess = binary.find((c) => /fraud|anomal|label|odd|class|target/i.test(c.name));
    const looksLikeId = (c) => /(^|_)id$|^id|row|index/i.test(c.name);
    const boxes = new Map();
    const label = h("select", { id: "label" }, h("option", { value: "" }, "none"), binary.map((c) => h("option", { value: c.name, selected: c === guess }, c.name)));
    label.addEventListener("change", () => {
      if (boxes.has(label.value)) boxes.get(label.value).checked = false;
    });
    const k = h("input", { type: "number", class: "narrow", min: 1, max: 1000, placeholder: "chosen", id: "k" });
    const seed = h("input", { type: "number", class: "narrow", min: 0, value: 1, id: "seed" });
    const problem = h("div", {});
    put(step2, h("section", { class: "card" },
      h("header", {}, h("h2", {}, "2. Features"), h("p", {}, "Each is brought to its standard deviation, so units do not matter. Leave out what only names a row.")),
      h("div", { class: "columns" }, table_.columns.map((c) => {
        const box = c.distribution ? h("input", { type: "checkbox", checked: c !== guess && !looksLikeId(c) }) : null;
        if (box) boxes.set(c.name, box);
        return h("div", { class: `column${box ? "" : " off"}` },
          h("label", {}, box, c.name),
          c.distribution ? [spark(c), h("span", { class: "minor" }, `${value(c.distribution.min)} to ${value(c.distribution.max)}, mean ${value(c.distribution.mean)} ± ${value(c.distribution.deviation)}`)]
            : h("span", { class: "minor" }, `no numbers: ${[...new Set(c.examples)].slice(0, 3).join(", ")}`),
          c.distribution && c.missing ? h("span", { class: "minor" }, `${count(c.missing)} rows without a number are left out`) : null);
      })),
      h("form", { class: "filters", onsubmit: async (e) => {
        e.preventDefault();
        try {
          put(problem);
          const features = [...boxes].filter(([, b]) => b.checked).map(([n]) => n);
          watch(await send("POST", "console/training/runs", { file: table_.id, features, k: k.value ? Number(k.value) : 0, label: label.value || null, seed: Number(seed.value) }));
        } catch (refused) {
          put(problem, failure(refused));
        }
      } },
        h("label", { class: "field" }, "Clusters", k),
        h("label", { class: "field" }, "Known odd rows are 1 in", label),
        h("label", { class: "field" }, "Seed", seed),
        h("button", { id: "train" }, "Train")), problem));
  }

  function stop() {
    listening?.abort();
    for (const c of charts) c.end();
    charts = [];
  }

  function watch(status) {
    stop();
    const bar_ = h("progress", { max: 1, value: 0, "aria-label": "Progress of the training" });
    const doing = h("p", { role: "status" });
    const tried = h("div", {});
    const cancel = h("button", { type: "button", class: "plain", onclick: () => send("POST", `console/training/runs/${status.id}/cancel`, {}) }, "Cancel");
    const box = h("section", { class: "card" }, h("header", {}, h("h2", {}, "3. Training"), cancel), bar_, doing, tried);
    put(step3, box);
    const stream = new AbortController();
    listening = stream;
    let ended = false;
    const told = (now) => {
      bar_.value = now.progress;
      doing.textContent = `${now.doing} (${percent(now.progress, 0)})`;
      if (now.tried.length) {
        const best = now.tried.reduce((a, b) => (b.silhouette > a.silhouette ? b : a));
        put(tried, h("div", { class: "row" }, now.tried.map((t) => tag(`k ${t.k}: ${fixed(t.silhouette, 3)}`, t === best ? "accent" : ""))), h("p", { class: "minor" }, "simplified silhouette of each k; the highest is taken"));
      }
      ended = !["waiting", "running"].includes(now.state);
      if (!ended) return;
      cancel.remove();
      if (now.state === "done") append(step3, report(now));
      else append(box, [failure(new Error(now.problem ?? "The training was cancelled."))]);
    };
    (async () => {
      while (!ended && !stream.signal.aborted) {
        try {
          await events(`console/training/runs/${status.id}/live`, stream.signal, told);
        } catch (problem) {
          if (stream.signal.aborted) return;
          if (problem.status) {
            append(box, [failure(problem)]);
            return;
          }
        }
        if (!ended) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    })();
  }

  function report(status) {
    const r = status.report;
    const picture = chart(`${r.clusters.length} clusters on two principal components`, () => ({
      type: "bubble",
      data: { datasets: [{ data: r.clusters.map((c) => ({ x: c.x, y: c.y, r: Math.max(3, 34 * Math.sqrt(c.share)), c })), backgroundColor: `${colour("c1")}a0`, borderColor: colour("surface") }] },
      options: { interaction: { mode: "nearest", intersect: true }, plugins: { tooltip: { callbacks: { label: ({ raw: { c } }) => `cluster ${c.id}: ${count(c.rows)} rows` } } }, scales: { x: axis(), y: axis() } },
    }));
    const scores = chart("Distribution of the scores", () => ({
      type: "bar",
      data: { labels: r.scores.map((_, i) => (1 - 2 ** (-i / 4)).toFixed(5)), datasets: [{ data: r.scores, backgroundColor: colour("c1") }] },
      options: { scales: { x: axis({ title: "score from", grid: { display: false } }), y: axis({ beginAtZero: true }) } },
    }));
    charts = [picture, scores];
    const capacity = h("input", { type: "range", min: 0, max: r.ranks.length - 1, value: Math.min(2, r.ranks.length - 1), "aria-label": "Rows that can be reviewed", oninput: told });
    const meaning = h("div", {});
    function told() {
      const c = r.ranks[Number(capacity.value)];
      if (!c) return;
      capacity.setAttribute("aria-valuetext", `${c.alerts} rows`);
      put(meaning, stats(
        ["Alerts", count(c.alerts), `${percent(c.share, 2)} of ${count(r.used)} rows`],
        ["Score from", score(c.score), "which is then the cut"],
        c.caught === null ? ["Precision", "–", "no column of known odd rows"] : ["Precision", percent(c.caught / c.alerts), `${count(c.caught)} of them are known to be odd`],
        c.caught === null ? ["Recall", "–", ""] : ["Recall", percent(c.odd ? c.caught / c.odd : null), `of ${count(c.odd)} known odd rows`],
      ));
    }
    told();
    return [
      h("section", { class: "card" },
        h("header", {}, h("h2", {}, "4. What was found"), h("button", { type: "button", id: "register", onclick: () => register(status.id) }, "Register as a version")),
        stats(
          ["Rows learned from", count(r.used), r.used < r.rows ? `${count(r.rows - r.used)} without all numbers` : "all"],
          ["Clusters", r.clusters.length, ""],
          ["Features", r.features.length, ""],
          ["AUC", fixed(r.auc, 3), r.auc === null ? "no column of known odd rows" : "an odd row scores higher than another"],
        )),
      h("div", { class: "grid" },
        card("Clusters", "w6", null, picture.element),
        card("Scores", "w6", "Each bar halves what is left above it in four steps: the right end is what stands out.", scores.element),
        card("Alerts at a capacity", "w12", "How many rows can somebody look at?", capacity, meaning),
        card("What each cluster is", "w12", null, table("Clusters", [
          ["Cluster", (c) => c.id, "num"],
          ["Rows", (c) => count(c.rows), "num"],
          ["Share", (c) => [percent(c.share), bar(c.share)]],
          ["What sets it apart (standard deviations from the mean)", (c) => apart(c, r), "long"],
        ], r.clusters)),
        card("The oddest rows", "w12", null, h("div", { class: "vmax", tabindex: "0", role: "region", "aria-label": "The oddest rows" }, table("Oddest rows", [
          ["Row", (o) => count(o.row), "num"],
          ["Score", (o) => score(o.score), "num"],
          ["Most in", (o) => o.reason],
          ...(r.auc === null ? [] : [["Known", (o) => (o.label === 1 ? tag("odd", "bad") : "")]]),
          ...r.features.slice(0, 8).map((f, i) => [f, (o) => value(o.values[i]), "num"]),
        ], r.oddest)))),
    ];
  }

  async function register(id) {
    const done = await ask({
      title: "Register as a version",
      text: "It goes through the checks and gates like any candidate. Under the automatic policy one that passes becomes champion, so take another name to keep it apart.",
      fields: [["model", "Model", "from-file"], ...(self()?.name ? [] : [["by", "Your name", name()]])],
      confirm: "Register",
      act: (values) => {
        if (values.by) setName(values.by);
        return send("POST", `console/training/runs/${id}/register`, values);
      },
    });
    if (done) {
      const v = done.result;
      toast(`${v.model} version ${v.version}: ${v.state.toLowerCase()}${v.reason ? `, ${v.reason}` : ""}`);
      location.hash = `#/models?model=${encodeURIComponent(v.model)}&version=${v.version}`;
    }
  }

  return stop;
}

function apart(c, r) {
  return r.features.map((f, i) => [f, c.deviations[i], c.centre[i]])
    .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 3)
    .map(([f, d, x]) => `${f} ${value(x)} (${d > 0 ? "+" : ""}${d.toFixed(1)})`).join(", ");
}

function spark(c) {
  const counts = c.distribution.counts;
  const most = Math.max(...counts, 1);
  const width = 100 / counts.length;
  return s("svg", { class: "spark", viewBox: "0 0 100 30", preserveAspectRatio: "none", role: "img", "aria-label": `distribution of ${c.name}` },
    counts.map((n, i) => s("rect", { x: i * width + 0.4, width: width - 0.8, y: 30 - (29 * n) / most, height: (29 * n) / most })));
}
