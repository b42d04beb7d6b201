"use strict";
// Draws each figure with uPlot; the data come from the page itself, nothing is loaded.
const shared = uPlot.sync("step"), height = 320;
const dashes = { dashed: [6, 4], dotted: [2, 3], "dash-dot": [9, 3, 2, 3], "long-dash": [14, 4], "dash-dot-dot": [9, 3, 2, 3, 2, 3] };
const shown = value => value == null ? "–" : Number(value).toPrecision(6).replace(/\.?0+(e|$)/, "$1");

const sections = document.querySelectorAll(".figures");
runs.forEach((figures, run) => {
  let chapter = null, grid = null;
  figures.forEach(figure => {
    if (figure.chapter !== chapter) {
      chapter = figure.chapter;
      grid = element("div", "grid", "");
      sections[run].append(element("h2", "", chapter), grid);
    }
    show(figure, grid);
  });
});

function element(kind, name, text) {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  return made;
}

function show(figure, grid) {
  const panel = element("article", "panel", "");
  panel.innerHTML = "<header><h3></h3><span><button>log</button><button></button></span></header><div></div>";
  panel.querySelector("h3").textContent = figure.title;
  const [logButton, allButton] = panel.querySelectorAll("button");
  allButton.textContent = figure.steps ? "all steps" : "all";
  const place = panel.lastElementChild;
  grid.append(panel);
  let log = figure.log, chart = null;
  if (figure.map) {
    const bar = element("p", "scale", ""), { from, to } = figure.map.values;
    bar.append(`${figure.map.label}  ${shown(from)} `, element("i", "", ""), ` ${shown(to)}`);
    panel.append(bar);
    figure.map.picture = new Image();
    figure.map.picture.onload = () => chart?.redraw(false);
    figure.map.picture.setAttribute("src", figure.map.image);
  }

  const draw = () => {
    const kept = chart && { min: chart.scales.x.min, max: chart.scales.x.max };
    if (chart) { shared.unsub(chart); chart.destroy(); }
    chart = figure.steps
      ? new uPlot(overSteps(figure, log, place, kept), joined(figure, log), place)
      : new uPlot(inPlane(figure, log, place), [null, ...points(figure, log)], place);
    if (figure.steps) shared.sub(chart);
    logButton.setAttribute("aria-pressed", log);
  };
  logButton.onclick = () => { log = !log; draw(); };
  allButton.onclick = () => figure.steps
    ? chart.setScale("x", { min: chart.data[0][0], max: chart.data[0].at(-1) })
    : chart.setData(chart.data);
  draw();
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height })).observe(place);
}

// On a logarithmic axis a value counts by its magnitude, and zero has no place.
function points(figure, log) {
  const value = v => v == null || !log ? v : v === 0 ? null : Math.abs(v);
  const curves = figure.curves.map(curve => [curve.x, curve.y.map(value)]);
  // An unseen one lets the axes reach all of the map.
  return figure.map ? [...curves, [corners(figure.map.x), corners(figure.map.y)]] : curves;
}

function joined(figure, log) {
  return uPlot.join(points(figure, log));
}

function overSteps(figure, log, place, kept) {
  return {
    ...common(figure, log, place),
    cursor: { sync: { key: "step" }, drag: { x: true, y: true, uni: 20 }, focus: { prox: 24 } },
    scales: {
      x: { time: false, ...(kept ?? { min: figure.steps.from, max: figure.steps.to }) },
      y: { distr: log ? 3 : 1 },
    },
    series: [
      { label: figure.x_label },
      ...figure.curves.map(curve => ({
        ...line(curve), spanGaps: true, points: { show: curve.marked || curve.rings }, value: (u, v) => shown(v), ...rings(curve),
      })),
    ],
  };
}

// uPlot's mode 2: each curve has an x of its own, which may run back and forth.
function inPlane(figure, log, place) {
  const facets = [{ scale: "x", auto: true }, { scale: "y", auto: true }];
  return {
    ...common(figure, log, place),
    mode: 2,
    cursor: { drag: { x: true, y: true, uni: 20 }, focus: { prox: 24 }, dataIdx: nearest },
    scales: {
      x: figure.log_x ? { time: false, distr: 3 }
        : { time: false, range: (u, min, max) => min == null ? [null, null] : uPlot.rangeNum(min, max, figure.map ? 0 : 0.05, false) },
      y: { distr: log ? 3 : 1 },
    },
    series: [
      null,
      ...figure.curves.map(curve => ({
        ...line(curve), facets: facets.map(facet => ({ ...facet })), paths: !curve.dots ? pointToPoint : (u, i) => dots(u, i, curve.marked ? 7 : 2),
        ...(curve.dots ? { fill: curve.colour } : {}),
        value: (u, _, i, k) => k == null ? "–" : `${shown(u.data[i][0][k])}, ${shown(u.data[i][1][k])}`,
      })),
      ...(figure.map ? [{ facets: facets.map(facet => ({ ...facet })), paths: () => null, class: "unseen" }] : []),
    ],
  };
}

function common(figure, log, place) {
  const label = log && figure.has_negatives ? `|${figure.y_label}|` : figure.y_label;
  return {
    width: place.clientWidth, height,
    focus: { alpha: 0.35 },
    axes: [
      { label: figure.x_label },
      { label, size: 70, values: (u, ticks) => ticks.map(v => v == null ? "" : shown(v)) },
    ],
    hooks: { drawClear: figure.map ? [u => map(u, figure.map)] : [], draw: [u => level(u, figure.level, log)] },
  };
}

function line(curve) {
  return { label: curve.label, stroke: curve.colour, width: 1.5, dash: dashes[curve.dash] };
}

// Values that did not converge, around those of the curve that they belong to.
function rings(curve) {
  return curve.rings ? { paths: () => null, points: { show: true, size: 9, width: 1.5, fill: "transparent" } } : {};
}

function corners(extent) { return [extent.from, extent.to]; }

// The map lies under the curves; what is zoomed out of sight of it is cut off.
function map(u, { picture, x, y }) {
  if (!picture.complete) return;
  const { left, top, width, height } = u.bbox, context = u.ctx;
  const [x0, x1] = corners(x).map(v => u.valToPos(v, "x", true));
  const [y0, y1] = corners(y).map(v => u.valToPos(v, "y", true));
  context.save();
  context.beginPath(); context.rect(left, top, width, height); context.clip();
  context.imageSmoothingEnabled = (x1 - x0) < picture.width;
  context.drawImage(picture, x0, y1, x1 - x0, y0 - y1);
  context.restore();
}

// Points that nothing joins.
function dots(u, i, pixels) {
  const [xs, ys] = u.data[i], path = new Path2D(), size = pixels * devicePixelRatio;
  const { x, y } = u.scales;
  xs.forEach((v, k) => {
    if (v == null || ys[k] == null || v < x.min || v > x.max || ys[k] < y.min || ys[k] > y.max) return;
    path.rect(u.valToPos(v, "x", true) - size / 2, u.valToPos(ys[k], "y", true) - size / 2, size, size);
  });
  return { fill: path };
}

// Lines from each point to the next; a gap breaks them.
function pointToPoint(u, i) {
  const [xs, ys] = u.data[i], path = new Path2D();
  let pen = "moveTo";
  xs.forEach((x, k) => {
    if (x == null || ys[k] == null) { pen = "moveTo"; return; }
    path[pen](u.valToPos(x, "x", true), u.valToPos(ys[k], "y", true));
    pen = "lineTo";
  });
  return { stroke: path };
}

// The point of a curve that lies at the cursor, if one does.
function nearest(u, i) {
  const [xs, ys] = u.data[i], { left, top } = u.cursor;
  let found = null, least = 24;
  xs.forEach((x, k) => {
    if (x == null || ys[k] == null) return;
    const distance = Math.hypot(u.valToPos(x, "x") - left, u.valToPos(ys[k], "y") - top);
    if (distance < least) [found, least] = [k, distance];
  });
  return found;
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
