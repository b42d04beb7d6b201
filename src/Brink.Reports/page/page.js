// Draws each figure with uPlot; the data come from the page itself, nothing is loaded.
const shared = uPlot.sync("step");
const dashes = { dashed: [6, 4], dotted: [2, 3], "dash-dot": [9, 3, 2, 3], "long-dash": [14, 4], "dash-dot-dot": [9, 3, 2, 3, 2, 3] };

// Every figure on the page: its chart and how it is painted again.
const drawn = [];

// A link, seen when it has the focus, past all the buttons of the figures.
function skip(to, name) {
  to.id = name;
  to.tabIndex = -1;
  const link = element("a", "skip", "Skip the figures");
  link.setAttribute("href", `#${name}`);
  return link;
}

// What is wider than the page scrolls within itself, with the keyboard too.
function scrollable(box) {
  new ResizeObserver(() => { box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1; }).observe(box);
}

function show(figure, grid) {
  const panel = element("figure", "panel", ""), id = `figure-${drawn.length + 1}`;
  panel.innerHTML = '<header><h3></h3><span><button type="button">log</button><button type="button"></button></span></header>'
    + '<div class="chart" tabindex="0" role="application" aria-roledescription="chart" aria-describedby="keys"></div>'
    + '<output class="spoken"></output><figcaption></figcaption>';
  const title = panel.querySelector("h3"), place = panel.querySelector(".chart"), caption = panel.querySelector("figcaption");
  const [logButton, allButton] = panel.querySelectorAll("button");
  panel.dataset.figure = figure.name;
  title.textContent = figure.title;
  title.id = id;
  panel.setAttribute("aria-labelledby", id);
  place.setAttribute("aria-labelledby", id);
  logButton.title = "logarithmic axis of the values";
  logButton.hidden = figure.map != null;
  allButton.textContent = figure.steps ? "all steps" : "all";
  allButton.title = "ends the zoom";
  grid.append(panel);
  // Numbers of the curves that the reader has hidden; kept when the axis changes.
  const hidden = new Set(), keys = keysOf(figure), recorded = figure.steps ? joined(figure, v => v) : null;
  let log = figure.log, chart = null, axes = null, byKey = false;

  const legend = legendOf(figure, (series, visible) => series.forEach(i => {
    if (visible) hidden.delete(i); else hidden.add(i);
    chart.setSeries(i, { show: visible });
  }), i => chart.setSeries(i, { focus: true }));
  place.after(legend.list);

  const values = u => u.series.map((_, i) => text(u, i));
  const text = (u, i) => {
    const k = u.cursor.idxs[i], curve = figure.curves[i - 1];
    if (k == null || !curve) return "–";
    return figure.steps ? shown(recorded[i][k]) : `${shown(curve.x[k])}, ${shown(curve.y[k])}`;
  };
  // The legend shows values while the pointer is in this chart or the keyboard moves its cursor, not when another chart does.
  const cursorMoved = (u, key) => {
    if (!key) { byKey = false; keys.forget(); }
    const live = u.cursor.left >= 0 && (byKey || place.matches(":hover"));
    legend.show(live ? values(u) : null, figure.steps && live ? shown(u.data[0][u.cursor.idx]) : "");
  };
  let moving = false;

  const draw = () => {
    const kept = chart && { min: chart.scales.x.min, max: chart.scales.x.max };
    if (chart) { shared.unsub(chart); chart.destroy(); }
    axes = axesOf(figure, log);
    const options = (figure.steps ? overSteps : inPlane)(figure, axes, kept, keys);
    options.series.forEach((series, i) => { if (series && i > 0) series.show = !hidden.has(i); });
    options.hooks.setCursor = [u => cursorMoved(u, moving)];
    const data = figure.steps ? joined(figure, axes.y.place) : [null, ...points(figure, axes)];
    options.series.forEach((series, i) => { if (figure.steps && i > 0) Object.assign(series, overStepsSeries(figure.curves[i - 1], data[i])); });
    chart = new uPlot({ ...options, ...size(place) }, data, place);
    if (figure.steps) shared.sub(chart);
    logButton.setAttribute("aria-pressed", log);
    const notes = notesOf(figure, log);
    caption.textContent = notes;
    caption.hidden = notes === "";
  };
  logButton.onclick = () => { log = !log; draw(); };
  allButton.onclick = () => figure.steps ? chart.setScale("x", wide(chart.data[0][0], chart.data[0].at(-1))) : chart.setData(chart.data);
  place.onkeydown = event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") { byKey = false; chart.setCursor({ left: -10, top: -10 }, true, true); return; }
    const to = keys.move(chart, event.key, event.shiftKey);
    if (!to) return;
    event.preventDefault();
    [byKey, moving] = [true, true];
    chart.setCursor(to, true, true);
    moving = false;
    panel.querySelector(".spoken").textContent = legend.words();
  };
  place.onblur = () => { if (byKey) { byKey = false; chart.setCursor({ left: -10, top: -10 }, true, true); } };

  const scale = figure.map ? mapScale(figure.map) : null;
  if (scale) panel.insertBefore(scale, caption);
  const paint = () => {
    legend.paint();
    if (figure.map?.grey.complete) figure.map.picture = coloured(figure.map.grey);
    chart.redraw(false, true);
  };
  if (figure.map) {
    figure.map.grey = new Image();
    figure.map.grey.onload = paint;
    figure.map.grey.setAttribute("src", figure.map.image);
  }
  draw();
  legend.paint();
  drawn.push({ figure, panel, paint, get chart() { return chart; } });
  new ResizeObserver(() => chart.setSize(size(place))).observe(place);
}

const size = place => ({ width: place.clientWidth, height: place.clientWidth < 480 ? 260 : 320 });

function mapScale(map) {
  const bar = element("p", "scale", ""), { from, to } = map.values;
  bar.append(`${map.label}  ${shown(from)} `, element("i", "", ""), ` ${shown(to)}`);
  return bar;
}

// What a reader misses in the chart, in one sentence.
function notesOf(figure, log) {
  const zeros = log ? figure.curves.reduce((count, curve) => count + curve.y.filter(y => y === 0).length, 0) : 0;
  const notes = [...figure.notes, ...(zeros > 0 ? [`${zeros} ${zeros === 1 ? "point" : "points"} at zero cannot be shown on a logarithmic axis`] : [])];
  const text = notes.join("; ");
  return text && `${text[0].toUpperCase()}${text.slice(1)}.`;
}

function axesOf(figure, log) {
  const of = (coordinate, log) => axisOf([...figure.curves.flatMap(curve => curve[coordinate]), ...(figure.map ? corners(figure.map[coordinate]) : [])], log);
  return { x: of("x", figure.log_x), y: of("y", log) };
}

function points(figure, { x, y }) {
  const curves = figure.curves.map(curve => [curve.x.map(x.place), curve.y.map(y.place)]);
  // An unseen one lets the axes reach all of the map.
  return figure.map ? [...curves, [corners(figure.map.x), corners(figure.map.y)]] : curves;
}

function joined(figure, place) {
  return uPlot.join(figure.curves.map(curve => [curve.x, curve.y.map(place)]));
}

const wide = (min, max) => max > min ? { min, max } : { min: min - 0.5, max: max + 0.5 };

function overSteps(figure, axes, kept) {
  return {
    ...common(figure, axes),
    cursor: { sync: { key: "step", scales: ["x", null] }, drag: { x: true, y: true, uni: 20 }, focus: { prox: 24 }, dataIdx: atStep },
    scales: {
      x: { time: false, ...(kept ?? wide(figure.steps.from, figure.steps.to)) },
      y: { range: (u, min, max) => ranged(axes.y, min, max, 0.1) },
    },
    series: [{ label: figure.x_label }, ...figure.curves.map(curve => ({ ...line(curve), spanGaps: false }))],
  };
}

// uPlot's mode 2: each curve has an x of its own, which may run back and forth.
function inPlane(figure, axes, kept, keys) {
  const facets = () => [{ scale: "x", auto: true }, { scale: "y", auto: true }], margin = figure.map ? 0 : 0.05;
  return {
    ...common(figure, axes),
    mode: 2,
    cursor: { drag: { x: true, y: true, uni: 20 }, focus: { prox: 24 }, dataIdx: (u, i) => keys.chosen?.curve === i ? keys.chosen.at : nearest(u, i) },
    scales: {
      x: { time: false, range: (u, min, max) => ranged(axes.x, min, max, margin) },
      y: { range: (u, min, max) => ranged(axes.y, min, max, figure.map ? 0 : 0.1) },
    },
    series: [
      null,
      ...figure.curves.map(curve => ({
        ...line(curve), facets: facets(), fill: () => visible(curve.colour),
        paths: (u, i) => curve.dots ? dots(u, i, curve.marked ? 7 : 2) : pointToPoint(u, i, curve.marked),
      })),
      ...(figure.map ? [{ facets: facets(), paths: () => null }] : []),
    ],
  };
}

function common(figure, { x, y }) {
  const label = y.log && figure.has_negatives ? `|${figure.y_label}|` : figure.y_label;
  return {
    focus: { alpha: 0.35 },
    legend: { show: false },
    axes: [
      axisOptions(x, figure.x_label, figure.steps ? { incrs: wholes } : {}),
      axisOptions(y, label, { size: (u, labels) => 20 + 7 * Math.max(3, ...(labels ?? []).map(text => text.length)) }),
    ],
    hooks: {
      drawAxes: figure.map ? [u => drawMap(u, figure.map)] : [],
      draw: [u => drawLevel(u, figure.level, y)],
    },
  };
}

function line(curve) {
  return { label: curve.label, stroke: () => visible(curve.colour), width: 1.5, dash: dashes[curve.dash] };
}

// The point of a curve at a step; where it has none there, its nearest within some pixels.
function atStep(u, i, at) {
  const xs = u.data[0], column = u.data[i];
  if (at == null || i === 0 || column[at] !== undefined) return at;
  const isNear = k => k >= 0 && k < xs.length && Math.abs(u.valToPos(xs[k], "x") - u.cursor.left) < 12;
  for (let left = at, right = at; isNear(left) || isNear(right); left--, right++) {
    if (isNear(left) && column[left] != null) return left;
    if (isNear(right) && column[right] != null) return right;
  }
  return null;
}

// The point of a curve that is nearest to the cursor, within some pixels.
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
  if (figures.length > 0) sections[run].prepend(skip(sections[run].nextElementSibling, `details-${run + 1}`));
});
for (const table of document.querySelectorAll(".scroll")) scrollable(table);
darkScheme.addEventListener("change", () => drawn.forEach(figure => figure.paint()));
