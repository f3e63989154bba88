// Forms that ask for a place work without this. With it: the commune is found while typing, its villages come by
// themselves, and the phone can say where it is.
const field = document.getElementById("place");
const form = field.closest("form");
const say = field.dataset;
const communes = document.getElementById("f-commune_code");
const villages = document.getElementById("villages");

// Villages without a reload.
const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });

async function showVillages(code) {
  const answer = await fetch(`/api/v1/catalogue/villages?commune_code=${encodeURIComponent(code)}`);
  if (!answer.ok) return;
  const groups = new Map([["", []]]);
  for (const village of await answer.json()) {
    const group = village.former_commune || "";
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(option(village.id, village.name));
  }
  villages.replaceChildren(groups.size > 1 || groups.get("").length ? villageField(groups) : paragraph(say.none));
}

function villageField(groups) {
  const frame = Object.assign(document.createElement("div"), { className: "field" });
  const label = Object.assign(document.createElement("label"), { htmlFor: "f-village_id", textContent: say.village });
  const select = Object.assign(document.createElement("select"), { id: "f-village_id", name: "village_id" });
  select.append(option("", say.any), ...groups.get(""));
  for (const [name, options] of [...groups].sort(([a], [b]) => a.localeCompare(b, "vi"))) {
    if (!name) continue;
    const group = Object.assign(document.createElement("optgroup"), { label: name });
    group.append(...options);
    select.append(group);
  }
  frame.append(label, select);
  return frame;
}

const paragraph = (text) => Object.assign(document.createElement("p"), { className: "soft", textContent: text });

// A box that suggests communes, old names too (the ARIA combobox with a list).
const box = Object.assign(document.createElement("input"), { type: "text", id: "commune-box", autocomplete: "off", placeholder: say.search, spellcheck: false });
const list = Object.assign(document.createElement("ul"), { id: "commune-list", role: "listbox", hidden: true });
const frame = Object.assign(document.createElement("div"), { className: "choose" });
let found = [];
let at = -1;
let asked = Promise.resolve();

for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) box.setAttribute(name, value);
if (communes.getAttribute("aria-invalid")) {
  box.setAttribute("aria-invalid", "true");
  box.setAttribute("aria-describedby", communes.getAttribute("aria-describedby"));
}
const label = form.querySelector('label[for="f-commune_code"]');
label.htmlFor = box.id;
list.setAttribute("aria-label", label.textContent);
box.value = communes.value ? communes.selectedOptions[0].textContent : "";
communes.hidden = true;
communes.after(frame);
frame.append(box, list);
document.getElementById("show-villages").hidden = true;
document.getElementById("find").hidden = true;
for (const link of document.querySelectorAll('a[href="#f-commune_code"]')) link.hash = box.id;

function suggest() {
  asked = suggestions(box.value);
}

async function suggestions(typed) {
  const answer = await fetch(`/api/v1/catalogue/communes?limit=8&q=${encodeURIComponent(typed)}`);
  if (!answer.ok || typed !== box.value) return;
  found = await answer.json();
  list.replaceChildren(...(found.length ? found.map(suggestion) : [Object.assign(document.createElement("li"), { className: "nothing", textContent: say.empty })]));
  point(found.length && typed ? 0 : -1);
  open(document.activeElement === box);
}

// Whoever types fast presses Enter or Tab before the answer is there.
async function settle(byEnter) {
  await asked;
  const isPointedAt = byEnter && !list.hidden;
  if ((isPointedAt || !communes.value) && box.value && at >= 0) choose(at);
  open(false);
}

function suggestion(commune, number) {
  const item = Object.assign(document.createElement("li"), { id: `commune-${number}`, role: "option", textContent: commune.full_name });
  if (commune.former) item.append(Object.assign(document.createElement("small"), { textContent: commune.former }));
  item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(number); });
  return item;
}

function point(number) {
  at = number;
  [...list.children].forEach((item, index) => item.setAttribute("aria-selected", index === at));
  if (at < 0) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", `commune-${at}`);
  list.children[at].scrollIntoView({ block: "nearest" });
}

function open(yes) {
  list.hidden = !yes;
  box.setAttribute("aria-expanded", yes);
}

function choose(number) {
  const commune = found[number];
  if (![...communes.options].some((known) => known.value === commune.code)) communes.append(option(commune.code, commune.full_name));
  communes.value = commune.code;
  box.value = commune.full_name;
  open(false);
  showVillages(commune.code).then(() => communes.dispatchEvent(new Event("change", { bubbles: true })));
}

box.addEventListener("input", () => { communes.value = ""; villages.replaceChildren(); point(-1); suggest(); });
box.addEventListener("focus", () => {
  box.select();
  if (innerHeight < 900 && innerWidth < 700) label.scrollIntoView({ block: "start" });
  suggest();
});
box.addEventListener("blur", () => settle(false));
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return open(false);
  if (event.key === "Enter") {
    event.preventDefault();
    return settle(true);
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  if (list.hidden) return suggest();
  if (found.length) point((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
});

// Where this phone is: a pin for the way, never the name of a village.
const button = document.getElementById("locate");
const told = document.getElementById("f-lat");
const pin = (lat, lon) => { form.elements.lat.value = lat; form.elements.lon.value = lon; };

function taken() {
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: say.remove });
  remove.addEventListener("click", () => { pin("", ""); told.replaceChildren(); });
  told.replaceChildren(`${say.found} `, remove);
}

if (button && navigator.geolocation) {
  document.getElementById("location").hidden = false;
  if (form.elements.lat.value) taken();
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => { pin(coords.latitude.toFixed(5), coords.longitude.toFixed(5)); taken(); },
    () => { pin("", ""); told.textContent = say.lost; },
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
  ));
}
