// What versions were worth, as far as labels came; and what others would have said.

import { get } from "./api.js";
import { axis, chart, line } from "./charts.js";
import { append, h, put, remember } from "./dom.js";
import { ago, count, fixed, moment, none, ofDay, percent, score, short } from "./format.js";
import { card, decision, failure, head, label, stats, table, tag, waiting } from "./parts.js";

const PAGE = 12;

export function show(root, parameters) {
  const figures = h("div", {}, waiting());
  const versions = h("div", {}, waiting());
  const shadows = h("div", {});
  const flips = h("div", {});
  let days = [];
  let maturity = { upTo: 0, delayMs: 0 };
  let by = parameters.get("by") === "risk" ? "risk" : "score";
  let together = null;

  const shownDays = () => days.filter((d) => (d.id + 1) * 86_400_000 <= maturity.upTo);
  const trend = chart("Precision, recall, AUC and precision of the 100 highest, by day", () => ({
    type: "line",
    data: {
      labels: shownDays().map((d) => ofDay(d.id)),
      datasets: [
        line("precision of the reviews", shownDays().map((d) => d.precision), "c1"),
        line("recall", shownDays().map((d) => d.recall), "c2"),
        line("AUC", shownDays().map((d) => d[by]?.auc ?? null), "c3"),
        line("precision of the 100 highest", shownDays().map((d) => d[by]?.precisionAt100 ?? null), "c4"),
      ],
    },
    options: { scales: { x: axis(), y: axis({ min: 0, max: 1 }) } },
  }));

  const rankings = h("div", { class: "tabs", role: "group", "aria-label": "Ranked by" }, [["score", "Score"], ["risk", "Risk"]].map(([key, text]) =>
    h("button", { class: "plain small", type: "button", "aria-pressed": String(key === by), onclick: (e) => {
      by = key;
      address();
      for (const b of rankings.children) b.setAttribute("aria-pressed", String(b === e.currentTarget));
      if (together) showFigures(together);
      trend.update();
    } }, text)));

  append(root, [
    head("Quality", "Scores and decisions beside the labels that came late. What nobody reported as fraud counts as legitimate once labels of that time are in.", rankings),
    figures,
    h("div", { class: "grid" },
      card("By day of event time", "w12", "Days whose labels are in.",
        h("div", { class: "legend" }, h("span", {}, "precision"), h("span", { class: "k2" }, "recall"), h("span", { class: "k3" }, "AUC"), h("span", { class: "k4" }, "precision of the day's 100 highest")), trend.element),
      card("By version", "w12", null, versions),
      card("Versions in the shadow", "w12", "What a challenger, or the champion beside a canary, would have decided otherwise, and what was at stake.", shadows, flips)),
  ]);

  let page = parameters.get("before");
  const address = () => remember("quality", { by: by === "score" ? null : by, before: page });

  async function load(before) {
    try {
      page = before;
      const q = await get("console/quality", { before, limit: PAGE });
      maturity = q.maturity;
      days = q.days;
      together = q.labelled;
      showFigures(together);
      trend.update();
      put(versions, table("Quality by version", [
        ["Version", (v) => h("a", { href: `#/models?model=${encodeURIComponent(v.model ?? "")}&version=${v.id}` }, v.id), "num"],
        ["Decided for", (v) => `${moment(v.firstEvent).slice(0, 16)} to ${moment(v.lastEvent).slice(5, 16)}`, "tight wide"],
        ["Predictions", (v) => count(v.predictions), "num"],
        ["Reviews", (v) => count(v.reviews), "num"],
        ["Frauds", (v) => count(v.frauds), "num"],
        ["Precision", (v) => (labelled(v) ? percent(v.precision) : none), "num"],
        ["Recall", (v) => (labelled(v) ? percent(v.recall) : none), "num"],
        ["AUC", (v) => (labelled(v) ? area(v.score) : none), "num"],
        ["AUC by risk", (v) => (labelled(v) ? area(v.risk) : none), "num wide"],
        ["Labels", (v) => (labelled(v) ? "in" : tag("labels to come")), "wide"],
      ], q.versions, "Nothing was scored yet."),
      q.versions.some((v) => (v.score?.aucError ?? 0) > 0.03) && h("p", { class: "minor" }, "± is one standard error: a version that decided for moments saw too few frauds to be told from the next. The days above have the answer."),
      h("div", { class: "row end" },
        before && h("button", { class: "plain small", type: "button", onclick: () => load(null).then(address) }, "Newest"),
        h("button", { class: "plain small", type: "button", onclick: () => load(oldestOpen(q)).then(address) }, "Newest with labels"),
        q.versions.length === PAGE && h("button", { class: "plain small", type: "button", onclick: () => load(q.versions.at(-1).id).then(address) }, "Older")));
      return q;
    } catch (problem) {
      put(figures, failure(problem));
      return null;
    }
  }

  function showFigures(all) {
    const ranking = all[by];
    const delay = Math.max(1, Math.round(maturity.delayMs / 86_400_000));
    put(figures, stats(
      ["Precision", percent(all.precision), `${count(all.fraudReviews)} of ${count(all.reviews)} reviewed were fraud`],
      ["Recall", percent(all.recall), `${count(all.fraudReviews)} of ${count(all.frauds)} frauds were reviewed`],
      [`AUC of the ${by}`, area(ranking), `a fraud has a higher ${by} than another`],
      ["Average precision", fixed(ranking?.averagePrecision, 3), `mean over the frauds, ranked by ${by}`],
      ["Labels are in up to", maturity.upTo ? moment(maturity.upTo).slice(0, 10) : none, maturity.upTo ? `95 of 100 frauds are known within ${delay} d` : "no label has come yet"],
    ));
  }

  const area = (ranking) => (ranking ? `${fixed(ranking.auc, 3)} ± ${fixed(ranking.aucError, 3)}` : none);

  const labelled = (v) => v.lastEvent <= maturity.upTo;

  /** The first version after the page at which labels may be in: by bisection of what the page shows. */
  function oldestOpen(q) {
    const open = q.versions.filter((v) => !labelled(v));
    if (open.length < 2) return q.versions[0]?.id + 1;
    const newest = open[0];
    const oldest = open.at(-1);
    const perVersion = (newest.lastEvent - oldest.lastEvent) / Math.max(1, newest.id - oldest.id);
    return Math.max(2, Math.round(oldest.id - (oldest.lastEvent - maturity.upTo) / Math.max(1, perVersion)));
  }

  async function loadShadows(before) {
    try {
      const view = await get("console/shadows", { before });
      put(shadows, table("Versions in the shadow", [
        ["Alias", (r) => tag(r.alias)],
        ["Version", (r) => r.version, "num"],
        ["Would review too", (r) => count(r.flipsToReview), "num"],
        ["amount", (r) => short(r.amountToReview), "num wide"],
        ["Would let pass", (r) => count(r.flipsToPass), "num"],
        ["amount", (r) => short(r.amountToPass), "num wide"],
        ["Last", (r) => ago(r.lastAt), "tight"],
      ], view.sums, "No version was in the shadow yet. Promote one to the alias challenger, on the page Models."));
      put(flips, view.sums.length ? [h("h3", {}, "Newest flips"), table("Newest flips", [
        ["Event time", (r) => h("a", { href: `#/transaction?id=${encodeURIComponent(r.transactionId)}` }, moment(r.eventTime)), "tight"],
        ["Entity", (r) => r.entityId, "id wide"],
        ["Decided", (r) => [decision(r.decidedReview ? "REVIEW" : "PASS"), " ", h("span", { class: "minor" }, `v${r.decidedVersion} ${score(r.decidedScore)}`)]],
        ["Would be", (r) => [decision(r.review ? "REVIEW" : "PASS"), " ", h("span", { class: "minor" }, `v${r.version} ${score(r.score)}`)]],
        ["Amount", (r) => (r.amount === null ? none : fixed(r.amount, 2)), "num"],
        ["Label", (r) => label(r.fraud), "wide"],
      ], view.flips, "No decision would have been another.")] : null);
    } catch (problem) {
      put(shadows, failure(problem));
    }
  }

  // The newest versions wait for their labels; those before them have something to say.
  load(page).then((q) => !page && q && maturity.upTo && !q.versions.some(labelled) && load(oldestOpen(q)));
  loadShadows(null);
  return () => trend.end();
}
