// Before the first paint: a page that flashes white at night has failed at its first task.
const chosen = localStorage.getItem("shoal-theme");
const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.theme = dark ? "dark" : "light";
