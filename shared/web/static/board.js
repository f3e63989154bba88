// The pictures of the board, each drawn from the table beside it. Without a script the tables are all there is.

const drawn = new Map();
const tone = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function read(table) {
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const rows = [...table.tBodies[0].rows];
  const value = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));
  return {
    labels: rows.map((row) => row.cells[0].textContent),
    series: heads.map((head, place) => ({
      name: head.textContent,
      look: head.dataset.look,
      values: rows.map((row) => value(row.cells[place + 1])),
      shown: rows.map((row) => row.cells[place + 1].textContent),
    })),
  };
}

function looks(series, pairs) {
  const water = tone("--water"), ink = tone("--ink");
  const said = (_, __, ___, place) => (place == null ? "" : series.shown[place]);
  const common = { label: series.name, value: said, spanGaps: true };
  if (series.look === "bars") {
    const fill = pairs ? tone("--water-tint") : water;
    return { ...common, stroke: water, width: pairs ? 1.5 : 0, fill, points: { show: false }, paths: uPlot.paths.bars({ size: [0.62, 64] }) };
  }
  const dashed = series.look === "dashed";
  const stroke = dashed || pairs ? ink : water;
  return { ...common, stroke, width: 2.5, dash: dashed ? [6, 5] : undefined, points: { show: true, size: 5, fill: stroke } };
}

function options(table, data, width) {
  const small = "11px 'Be Vietnam Pro', system-ui";
  const axis = { stroke: tone("--soft"), font: "13px 'Be Vietnam Pro', system-ui", ticks: { show: false } };
  const percent = table.dataset.percent === "yes";
  const last = data.labels.length - 1;
  const named = data.series.length > 1 ? data.labels : data.labels.map((label, place) => `${label}\n${data.series[0].shown[place]}`);
  const pairs = data.series.length > 1 && !percent;
  const every = Math.max(1, Math.ceil((data.labels.length * 52) / Math.max(1, width - 60)));
  const splits = data.labels.map((_, place) => place).filter((place) => (last - place) % every === 0);
  return {
    width,
    height: data.series.length > 1 ? 210 : 184,
    legend: { show: data.series.length > 1, markers: { dash: (_, place) => (data.series[place - 1]?.look === "dashed" ? "dashed" : "solid") } },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { time: false, range: [-0.6, last + 0.6] }, y: { range: percent ? [0, 100] : (_, __, most) => [0, Math.max(4, most * 1.08)] } },
    axes: [
      { ...axis, ...(data.series.length > 1 ? {} : { size: 52, font: width < 400 ? small : axis.font }), grid: { show: false }, splits: () => splits, values: (_, places) => places.map((place) => named[place] ?? "") },
      { ...axis, size: percent ? 56 : 44, grid: { stroke: tone("--line"), width: 1 }, incrs: percent ? [25, 50] : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000], values: (_, values) => values.map((value) => (percent ? `${value} %` : value.toLocaleString(document.documentElement.lang))) },
    ],
    series: [{ label: table.tHead.rows[0].cells[0].textContent, value: (_, place) => (place == null ? "" : data.labels[place]) }, ...data.series.map((series) => looks(series, pairs))],
  };
}

function draw(figure) {
  const table = figure.querySelector("table.plain"), frame = figure.querySelector(".drawn");
  const data = read(table);
  const values = [data.labels.map((_, place) => place), ...data.series.map((series) => series.values)];
  drawn.get(figure)?.destroy();
  frame.replaceChildren();
  drawn.set(figure, new uPlot(options(table, data, frame.clientWidth), values, frame));
}

function drawAll() {
  for (const [figure, chart] of drawn) if (!figure.isConnected) { chart.destroy(); drawn.delete(figure); }
  for (const figure of document.querySelectorAll("figure.chart")) draw(figure);
}

const resized = new ResizeObserver(() => { for (const [figure, chart] of drawn) if (chart.width !== figure.querySelector(".drawn").clientWidth) draw(figure); });
document.fonts.ready.then(() => { drawAll(); resized.observe(document.getElementById("main")); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "figures-part") drawAll(); });

// Where notify does not answer, the plain link to it stays.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.target.closest(".messages-part")) event.detail.shouldSwap = false;
});
