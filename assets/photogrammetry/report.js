const root = document.documentElement;
function show(language) { root.dataset.shown = language; root.lang = language; }
for (const button of document.querySelectorAll("[data-show]"))
  button.addEventListener("click", () => show(button.dataset.show));
show((navigator.language || "").startsWith("zh") ? "zh" : "en");
