// A classic script, loaded before the first paint: fixes the theme that was chosen, so that no other one flashes up.
(() => {
  const apply = () => {
    let theme = null;
    try {
      theme = JSON.parse(localStorage.getItem("epsm.settings") ?? "{}").theme;
    } catch {
      // Without storage, or with something else in it, the theme is the system's.
    }
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };
  apply();
  addEventListener("epsm:settings", apply);
  // Another tab changed it.
  addEventListener("storage", apply);
})();
