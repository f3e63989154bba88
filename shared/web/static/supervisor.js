// The supervisor's pages keep themselves up to date. What somebody is writing, choosing or reading is never taken away.

const live = document.getElementById("live");
const parts = [...document.querySelectorAll("[data-live]")];
const GAP_MS = 2000, NET_MS = 60000;
let last = Date.now(), owed = false, timer = 0;

const show = (name) => { for (const said of live.querySelectorAll("[role=status] span")) said.hidden = !said.classList.contains(name); };

// By what an element is found again after its part was exchanged.
const place = (one) => (one.id ? `#${one.id}` : one.matches("summary") && one.parentElement.id ? `#${one.parentElement.id} > summary` : "");

// Something is half done here: a form is open, a box is ticked, the keyboard stands on what could not be found again.
function busy(part) {
  if (part.querySelector("details[open] form, details[open]:not([id]), input:checked")) return true;
  const focus = document.activeElement;
  return part.contains(focus) && (focus.matches("input, select, textarea") || (focus.matches(":focus-visible") && !place(focus)));
}

function refresh() {
  timer = 0;
  if (document.hidden) { owed = true; return; }
  [owed, last] = [false, Date.now()];
  const waiting = parts.filter(busy);
  for (const part of parts) if (!waiting.includes(part)) htmx.trigger(part, "refresh");
  show(waiting.length ? "live-new" : source.readyState === EventSource.OPEN ? "live-on" : "live-off");
}

function changed() { timer ||= setTimeout(refresh, Math.max(0, last + GAP_MS - Date.now())); }

const source = new EventSource(live.dataset.url);
let opened = false;
source.addEventListener("changed", changed);
source.addEventListener("open", () => { show("live-on"); if (opened) changed(); opened = true; });
source.addEventListener("error", () => show("live-off"));
document.addEventListener("visibilitychange", () => { if (!document.hidden && owed) changed(); });
setInterval(() => { if (Date.now() - last >= NET_MS) changed(); }, 5000); // time passes too: what is due becomes overdue

// What was open stays open, and the focus stays where it was.
const kept = new Map();
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.target;
  if (!part.matches?.("[data-live]")) return;
  const focus = document.activeElement;
  const id = part.contains(focus) ? place(focus) : "";
  kept.set(part, { open: [...part.querySelectorAll("details[open][id]")].map((one) => one.id), focus: id, left: [...part.querySelectorAll(".table-frame")].map((one) => one.scrollLeft) });
});
document.addEventListener("htmx:afterSwap", (event) => {
  const was = kept.get(event.target);
  if (!was) return;
  kept.delete(event.target);
  for (const id of was.open) document.getElementById(id)?.setAttribute("open", "");
  event.target.querySelectorAll(".table-frame").forEach((one, index) => { one.scrollLeft = was.left[index] ?? 0; });
  if (was.focus) document.querySelector(was.focus)?.focus({ preventScroll: true });
});

// How many are chosen stands on the button.
document.addEventListener("change", (event) => {
  if (!event.target.matches('[form="bulk"]')) return;
  const codes = new Set([...document.querySelectorAll('input[form="bulk"]:checked')].map((box) => box.value));
  for (const count of document.querySelectorAll(".chosen-count")) { count.hidden = !codes.size; count.textContent = codes.size; }
});
