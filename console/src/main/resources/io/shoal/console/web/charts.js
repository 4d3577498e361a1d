// Chart.js in this page's colours. It is loaded when the first chart is drawn.

import { h } from "./dom.js";

let loading = null;

function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = h("script", { src: "console/charts/chart.umd.min.js" });
    script.addEventListener("load", () => resolve(globalThis.Chart));
    script.addEventListener("error", () => reject(new Error("the charts cannot be loaded")));
    document.head.append(script);
  });
  return loading;
}

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A colour with an opacity in [0, 1]. */
export function faint(name, opacity) {
  return colour(name) + Math.round(opacity * 255).toString(16).padStart(2, "0");
}

/** Between two colours of the theme. */
export function mix(from, to, share) {
  const parts = [from, to].map((name) => [1, 3, 5].map((i) => parseInt(colour(name).slice(i, i + 2), 16)));
  const at = Math.max(0, Math.min(1, share));
  return `#${parts[0].map((p, i) => Math.round(p + (parts[1][i] - p) * at).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * A chart in a box of its own, described in words for who cannot see it. `make` gives its configuration, anew for each
 * theme; `update` draws other data.
 */
export function chart(description, make, size = "") {
  const canvas = h("canvas", { role: "img", "aria-label": description });
  const element = h("div", { class: `chart ${size}` }, canvas);
  let drawn = null;
  let current = make;
  const draw = async () => {
    const Chart = await library();
    if (!element.isConnected) return;
    const wanted = current();
    if (drawn) {
      drawn.data = wanted.data;
      drawn.options = settings(wanted.options);
      drawn.update("none");
    } else {
      drawn = new Chart(canvas, { ...wanted, options: settings(wanted.options) });
    }
  };
  const themed = () => draw();
  addEventListener("shoal-theme", themed);
  queueMicrotask(draw);
  return {
    element,
    update(next) {
      current = next ?? current;
      return draw();
    },
    describe(text) {
      canvas.setAttribute("aria-label", text);
    },
    end() {
      removeEventListener("shoal-theme", themed);
      drawn?.destroy();
    },
  };
}

function settings(options = {}) {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    color: colour("soft"),
    ...options,
    plugins: { legend: { display: false }, ...options.plugins },
  };
}

/** An axis as all of them look. */
export function axis(more = {}) {
  return {
    ...more,
    grid: { color: faint("line", 0.6), drawTicks: false, ...more.grid },
    border: { display: false },
    ticks: { color: colour("soft"), maxTicksLimit: 6, padding: 6, maxRotation: 0, font: { size: 11 }, ...more.ticks },
    title: more.title ? { display: true, text: more.title, color: colour("soft"), font: { size: 11 } } : { display: false },
  };
}

/** A line in one of the theme's colours. */
export function line(label, points, name, more = {}) {
  return { label, data: points, borderColor: colour(name), backgroundColor: faint(name, 0.12), borderWidth: 2, pointRadius: 0, pointHitRadius: 8, ...more };
}
