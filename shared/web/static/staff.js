// Small helps for staff pages; every page works without them.

// A key shown on a button presses it: <kbd>F2</kbd>, <kbd>Alt+1</kbd>.
document.addEventListener("keydown", (event) => {
  const pressed = (event.altKey ? "Alt+" : "") + (event.ctrlKey ? "Ctrl+" : "") + (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  if (!event.altKey && !event.ctrlKey && !/^F\d+$/.test(event.key)) return;
  const hint = [...document.querySelectorAll("kbd")].find((kbd) => kbd.textContent === pressed);
  const target = hint && hint.closest("button, a, label");
  if (!target) return;
  event.preventDefault();
  target.click();
});

// Say when the network is gone; nothing that was typed is lost meanwhile.
const offline = document.getElementById("offline");
const tell = () => { offline.hidden = navigator.onLine; };
addEventListener("online", tell);
addEventListener("offline", tell);
tell();

// Pressed once is enough.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  for (const button of event.target.querySelectorAll("button[type=submit]")) {
    setTimeout(() => { button.disabled = true; }, 0);
    setTimeout(() => { button.disabled = false; }, 4000);
  }
});
