"use strict";
// Draws each figure with uPlot; the data come from the page itself, nothing is loaded.
const shared = uPlot.sync("step");
const shown = value => value == null ? "–" : Number(value).toPrecision(6).replace(/\.?0+(e|$)/, "$1");

const sections = document.querySelectorAll(".figures");
runs.forEach((figures, run) => figures.forEach(figure => show(figure, sections[run])));

function show(figure, section) {
  const panel = document.createElement("article");
  panel.className = "panel";
  panel.innerHTML = "<header><h2></h2><span><button>log</button><button>all steps</button></span></header><div></div>";
  panel.querySelector("h2").textContent = figure.title;
  const [logButton, allButton] = panel.querySelectorAll("button");
  const place = panel.lastElementChild;
  section.append(panel);
  let log = figure.log, chart = null;

  const draw = () => {
    const kept = chart && { min: chart.scales.x.min, max: chart.scales.x.max };
    if (chart) { shared.unsub(chart); chart.destroy(); }
    chart = new uPlot(options(figure, log, place, kept), data(figure, log), place);
    shared.sub(chart);
    logButton.setAttribute("aria-pressed", log);
  };
  logButton.onclick = () => { log = !log; draw(); };
  allButton.onclick = () => chart.setScale("x", { min: chart.data[0][0], max: chart.data[0].at(-1) });
  draw();
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: 320 })).observe(place);
}

// On a logarithmic axis a value counts by its magnitude, and zero has no place.
function data(figure, log) {
  const value = v => v == null || !log ? v : v === 0 ? null : Math.abs(v);
  return uPlot.join(figure.curves.map(curve => [curve.steps, curve.values.map(value)]));
}

function options(figure, log, place, kept) {
  const label = log && figure.signed ? `|${figure.ylabel}|` : figure.ylabel;
  return {
    width: place.clientWidth, height: 320,
    cursor: { sync: { key: "step" }, drag: { x: true, y: true, uni: 20 }, focus: { prox: 24 } },
    focus: { alpha: 0.35 },
    scales: {
      x: { time: false, ...(kept ?? { min: figure.from, max: figure.to }) },
      y: { distr: log ? 3 : 1 },
    },
    axes: [
      { label: "step" },
      { label, size: 70, values: (u, ticks) => ticks.map(v => v == null ? "" : shown(v)) },
    ],
    series: [
      { label: "step" },
      ...figure.curves.map(curve => ({
        label: curve.label, stroke: curve.colour, width: 1.5, spanGaps: true, points: { show: curve.steps.length < 40 },
        value: (u, v) => shown(v),
      })),
    ],
    hooks: { draw: [u => level(u, figure.level, log)] },
  };
}

function level(u, line, log) {
  if (!line || (log && line.value <= 0)) return;
  const y = u.valToPos(line.value, "y", true);
  const { left, top, width, height } = u.bbox;
  if (y < top || y > top + height) return;
  const context = u.ctx;
  context.save();
  context.strokeStyle = context.fillStyle = "#1b1f24";
  context.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  context.beginPath(); context.moveTo(left, y); context.lineTo(left + width, y); context.stroke();
  context.textAlign = "right"; context.textBaseline = "bottom";
  context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  context.fillText(line.label, left + width - 6 * devicePixelRatio, y - 2 * devicePixelRatio);
  context.restore();
}
