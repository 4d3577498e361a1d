// The frame: pages by the address's fragment, the menu, the theme, who is signed in.

import { denied, onState, run, self, signIn, signOut, token } from "./api.js";
import { h, put } from "./dom.js";
import { changeZone, short, zone } from "./format.js";
import { ask, failure, toast } from "./parts.js";

const pages = [
  ["", "Overview", () => import("./overview.js")],
  ["live", "Live", () => import("./live.js")],
  ["models", "Models", () => import("./models.js")],
  ["clusters", "Clusters", () => import("./clusters.js")],
  ["quality", "Quality", () => import("./quality.js")],
  ["drift", "Drift", () => import("./drift.js")],
  ["letters", "Dead letters", () => import("./letters.js")],
  ["train", "Train from a file", () => import("./train.js")],
  ["transaction", null, () => import("./transaction.js")],
];

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const menu = document.getElementById("menu");
const links = pages.filter(([, title]) => title).map(([path, title]) => h("a", { href: `#/${path}`, "data-path": path }, title));
put(nav, links);

let leave = null;
let turn = 0;

async function show(focus) {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [, title, load] = pages.find(([p]) => p === path) ?? pages[0];
  const mine = ++turn;
  leave?.();
  leave = null;
  nav.classList.remove("open");
  menu.setAttribute("aria-expanded", "false");
  for (const link of links) {
    if (link.dataset.path === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${title ?? "Transaction"} · Shoal`;
  const root = h("div", { class: "page" });
  root.style.display = "contents";
  try {
    const page = await load();
    if (mine !== turn) return;
    put(main, root);
    leave = page.show(root, new URLSearchParams(query ?? "")) ?? null;
  } catch (e) {
    put(main, failure(e));
  }
  if (focus) main.focus({ preventScroll: true });
}

addEventListener("hashchange", () => {
  scrollTo(0, 0);
  show(true);
});

menu.addEventListener("click", () => {
  const open = nav.classList.toggle("open");
  menu.setAttribute("aria-expanded", String(open));
});

const theme = document.getElementById("theme");
function nameTheme() {
  theme.textContent = document.documentElement.dataset.theme === "dark" ? "Light" : "Dark";
  theme.setAttribute("aria-label", `Use the ${theme.textContent.toLowerCase()} theme`);
}
theme.addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem("shoal-theme", next);
  nameTheme();
  dispatchEvent(new Event("shoal-theme"));
});
nameTheme();

const zoned = document.getElementById("zone");
function nameZone() {
  zoned.textContent = zone();
  zoned.setAttribute("aria-label", zone() === "UTC" ? "Times are UTC; tell them in my time zone" : `Times are ${zone()}; tell them in UTC`);
}
zoned.addEventListener("click", () => {
  changeZone();
  nameZone();
  show(false);
});
nameZone();

const account = document.getElementById("account");
account.addEventListener("click", async () => {
  if (token()) {
    await signOut();
    toast("Signed out.");
    show(false);
    return;
  }
  const done = await ask({
    title: "Sign in",
    text: "A token that the registry knows. It stays in this tab and is forgotten when you close it.",
    fields: [["token", "Token", "", "password"]],
    confirm: "Sign in",
    act: ({ token: text }) => signIn(text),
  });
  if (done) {
    toast(`Signed in as ${done.result.name ?? "a caller without a name"}, ${done.result.role}.`);
    show(false);
  }
});

const pulse = document.getElementById("pulse");
onState((state, connected) => {
  const worst = state?.health.parts.some((p) => p.state === "down") ? "down" : state?.health.parts.some((p) => p.state === "warn") ? "warn" : "ok";
  pulse.className = `pulse ${connected === false ? "down" : worst}`;
  pulse.textContent = connected === false ? (denied() ? "token needed" : "not connected") : `${short(Math.round(state.now.perSecond))}/s`;
  account.textContent = token() ? `Sign out ${self()?.name ?? ""}` : self()?.role && self().role !== "none" && !self().name ? `Sign in (now: ${self().role})` : "Sign in";
});

show(false);
run();
