// Draws a figure with uPlot.
const shared = uPlot.sync("step");
const dashes = { dashed: [6, 4], dotted: [2, 3], "dash-dot": [9, 3, 2, 3], "long-dash": [14, 4], "dash-dot-dot": [9, 3, 2, 3, 2, 3] };

// Every figure on the page: its chart and how it is painted again.
const drawn = [];

// Most points that a growing curve keeps: beyond, the extremes of every stretch.
const mostPoints = 12000, stretches = 3000;

// Shows a figure of a section: its runs with their times. The host may give more points of a stretch, and images.
function show(figure, grid, section, key, host = {}) {
  const panel = element("figure", "panel", ""), id = `figure-${drawn.length + 1}`, own = viewOf(key), keys = keysOf(figure);
  panel.innerHTML = '<header><h3></h3><span><button type="button">log</button><button type="button"></button></span></header>'
    + '<div class="chart" tabindex="0" role="application" aria-roledescription="chart" aria-describedby="keys"></div>'
    + '<output class="spoken"></output><figcaption></figcaption><p class="tools"></p>';
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

  // detail: the points of the stretch in view, where the figure itself has only their extremes.
  let chart = null, axes = null, xs = [], recorded = null, byKey = false, moving = false, quiet = false, detail = null, stale = false, inView = true;
  const shownFigure = () => detail ? { ...figure, curves: detail.curves } : figure;
  const isLog = () => own.log ?? figure.log;

  const legend = legendOf(figure, (series, visible) => {
    series.forEach(i => {
      if (visible) own.hidden.delete(i); else own.hidden.add(i);
      chart.setSeries(i, { show: visible });
    });
    keepView();
  }, i => chart.setSeries(i, { focus: true }), own.hidden);
  place.after(legend.list);

  const values = u => u.series.map((_, i) => text(u, i));
  const text = (u, i) => {
    const k = u.cursor.idxs[i], curve = shownFigure().curves[i - 1];
    if (k == null || !curve) return "–";
    if (!figure.steps) return `${shown(curve.x[k])}, ${shown(curve.y[k])}`;
    recorded ??= joined(shownFigure(), xs, axes.x, v => v);
    return shown(recorded[i][k]);
  };
  // The legend shows values while the pointer is in this chart or the keyboard moves its cursor, not when another chart does.
  const cursorMoved = (u, key) => {
    if (!key) { byKey = false; keys.forget(); }
    const live = u.cursor.left >= 0 && (byKey || place.matches(":hover"));
    legend.show(live ? values(u) : null, figure.steps && live && u.cursor.idx != null ? axes.x.label(u.data[0][u.cursor.idx]) : "");
  };

  const placed = () => figure.steps ? joined(shownFigure(), xs, axes.x, axes.y.place) : [null, ...points(shownFigure(), axes)];
  const measure = () => {
    const now = shownFigure();
    xs = now.curves.map(curve => figure.steps ? curve.x.map(placeOfStep(section.runs[curve.run], view.x)) : curve.x);
    recorded = null;
    return axesOf(figure, xs, isLog());
  };
  // All of the steps, in places.
  const whole = () => {
    const ends = view.x === "step" ? [figure.steps.from, figure.steps.to] : [];
    let [min, max] = [Infinity, -Infinity];
    for (const x of figure.curves.flatMap(curve => endsOf(curve, section)).concat(ends)) {
      const at = axes.x.place(x);
      if (at == null) continue;
      if (at < min) min = at;
      if (at > max) max = at;
    }
    return min > max ? { min: 0, max: 1 } : wide(min, max);
  };
  const inFigure = () => own.zoom && figure.steps ? { min: own.zoom[0], max: own.zoom[1] } : whole();

  const draw = () => {
    const zoom = !figure.steps && chart && own.zoom ? { x: { ...chart.scales.x }, y: { ...chart.scales.y } } : null;
    if (chart) { shared.unsub(chart); chart.destroy(); }
    if (!own.zoom) detail = null;
    axes = measure();
    const now = shownFigure(), options = figure.steps ? overSteps(now, axes, inFigure()) : inPlane(now, axes, keys);
    options.series.forEach((series, i) => { if (series && i > 0) series.show = !own.hidden.has(i); });
    options.hooks.setCursor = [u => cursorMoved(u, moving)];
    options.hooks.setScale = [scaled];
    // A zoom is that of all figures over steps, and so is its end.
    options.cursor.bind = { dblclick: () => () => { if (figure.steps) drawn.filter(one => one.figure.steps).forEach(one => one.seeAll()); else seeAll(); } };
    const data = placed();
    options.series.forEach((series, i) => { if (figure.steps && i > 0) Object.assign(series, overStepsSeries(now.curves[i - 1], data[i])); });
    quietly(() => {
      chart = new uPlot({ ...options, ...size(place) }, data, place);
      chart.axisX = axes.x;
      if (zoom) for (const scale of ["x", "y"]) chart.setScale(scale, zoom[scale]);
    });
    if (figure.steps) shared.sub(chart);
    logButton.setAttribute("aria-pressed", isLog());
    note();
  };
  const note = () => {
    const notes = notesOf(shownFigure(), isLog());
    caption.textContent = notes;
    caption.hidden = notes === "";
  };
  // uPlot reports a scale after the code that set it.
  const quietly = change => {
    quiet = true;
    change();
    Promise.resolve().then(() => { quiet = false; });
  };
  // New points in a chart whose axes stay.
  const refresh = () => {
    const before = axes;
    axes = measure();
    if (axes.x.unit !== before.x.unit || axes.y.unit !== before.y.unit || chart.series.length !== figure.curves.length + 1) return draw();
    chart.axisX = axes.x;
    const data = placed();
    quietly(() => chart.batch(() => {
      if (!figure.steps) { chart.setData(data, own.zoom === null); return; }
      chart.setData(data, false);
      chart.setScale("x", inFigure());
    }));
    note();
  };

  const scaled = (u, scale) => {
    if (quiet || !u.axisX || scale !== "x") return;
    const { min, max } = u.scales.x;
    own.zoom = [min, max];
    keepView();
    if (figure.steps) moreDetail();
  };
  const seeAll = () => {
    own.zoom = null;
    detail = null;
    keepView();
    draw();
  };
  let requests = 0, timer = 0;
  const moreDetail = () => {
    clearTimeout(timer);
    if (!host.detail || !figure.curves.some(curve => curve.reduced_from > 0)) return;
    if (detail && (own.zoom[0] < detail.from || own.zoom[1] > detail.to)) { detail = null; refresh(); }
    timer = setTimeout(async () => {
      if (!own.zoom) return;
      const half = (own.zoom[1] - own.zoom[0]) / 2, [from, to] = [own.zoom[0] - half, own.zoom[1] + half], number = ++requests;
      const finer = await host.detail(section, figure, stepsBetween(from, to));
      if (number !== requests || !own.zoom || !finer || finer.curves.length !== figure.curves.length) return;
      detail = { from, to, curves: finer.curves };
      refresh();
    }, 120);
  };
  // The steps of all curves between two places, with one more on either side.
  const stepsBetween = (from, to) => {
    let [first, last] = [Infinity, -Infinity];
    for (const curve of figure.curves) {
      const at = placeOfStep(section.runs[curve.run], view.x), places = curve.x.map(x => axes.x.place(at(x)));
      let [low, high] = [places.findIndex(p => p != null && p >= from), places.findLastIndex(p => p != null && p <= to)];
      if (low < 0 || high < 0) continue;
      [low, high] = [Math.max(0, low - 1), Math.min(curve.x.length - 1, high + 1)];
      [first, last] = [Math.min(first, curve.x[low]), Math.max(last, curve.x[high])];
    }
    return { from: first, to: last };
  };

  logButton.onclick = () => { own.log = !isLog(); keepView(); draw(); };
  allButton.onclick = seeAll;
  place.addEventListener("mousedown", event => { if (event.shiftKey && event.button === 0) pan(event, chart, figure.steps != null); }, true);
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
  const one = {
    figure, panel, paint, own, draw, seeAll,
    get chart() { return chart; },
    get isLog() { return isLog(); },
    get xs() { return xs; },
    get isZoomed() { return own.zoom !== null; },
    get xLabel() { return axisLabel(figure); },
    // Adds what a figure has gained; it is drawn when it is in view.
    grow(patch) {
      Object.assign(figure, { steps: patch.steps ?? figure.steps, level: patch.level, has_negatives: patch.has_negatives, notes: patch.notes });
      for (const { curve, from, x, y } of patch.curves) grown(figure.curves[curve], from, x, y);
      stale = true;
      if (inView) one.catchUp();
    },
    catchUp() {
      if (!stale) return;
      stale = false;
      refresh();
    },
    remove() {
      shared.unsub(chart);
      chart.destroy();
      observers.forEach(observer => observer.disconnect());
      panel.remove();
    },
  };
  tools(panel.querySelector(".tools"), one, section, host);
  drawn.push(one);
  const observers = [
    new ResizeObserver(() => { if (place.clientWidth > 0) chart.setSize(size(place)); }),
    new IntersectionObserver(([entry]) => { inView = entry.isIntersecting; if (inView) one.catchUp(); }),
  ];
  for (const observer of observers) observer.observe(place);
  if (own.zoom && figure.steps) moreDetail();
  return one;
}

// Drags the view with Shift.
function pan(event, chart, isOverSteps) {
  event.preventDefault();
  event.stopPropagation();
  const start = { x: { ...chart.scales.x }, y: { ...chart.scales.y } }, { clientWidth: width, clientHeight: height } = chart.over;
  const move = now => {
    const by = (now.clientX - event.clientX) / width * (start.x.max - start.x.min), up = (now.clientY - event.clientY) / height * (start.y.max - start.y.min);
    chart.batch(() => {
      chart.setScale("x", { min: start.x.min - by, max: start.x.max - by });
      if (!isOverSteps) chart.setScale("y", { min: start.y.min + up, max: start.y.max + up });
    });
  };
  const end = () => { removeEventListener("mousemove", move); removeEventListener("mouseup", end); };
  addEventListener("mousemove", move);
  addEventListener("mouseup", end);
}

// What a reader takes from a figure: its values, and images where the host draws them.
function tools(row, one, section, host) {
  let table = null;
  const button = (name, label, action) => {
    const made = element("button", "", name);
    made.type = "button";
    made.setAttribute("aria-label", `${label} of ${one.figure.title}`);
    made.onclick = action;
    row.append(made);
    return made;
  };
  const values = button("table", "values", () => {
    if (table) { table.remove(); table = null; } else row.after(table = tableOf(one));
    values.setAttribute("aria-expanded", table !== null);
  });
  values.setAttribute("aria-expanded", false);
  button("CSV", "CSV", () => download(`${one.figure.name}.csv`, csvOf(one), "text/csv"));
  for (const format of host.image ? ["svg", "png"] : []) {
    button(format.toUpperCase(), `${format.toUpperCase()} image`, () => {
      const link = element("a", "", "");
      link.setAttribute("href", host.image(section, one, format));
      link.download = `${one.figure.name}.${format}`;
      link.click();
    });
  }
}

// Adds points to a curve; a curve that becomes long keeps the extremes of every stretch.
function grown(curve, from, x, y) {
  const known = curve.reduced_from > 0 ? curve.reduced_from : curve.x.length;
  if (from !== known) { curve.x.length = curve.y.length = 0; curve.reduced_from = 0; }
  for (let k = 0; k < x.length; k++) { curve.x.push(x[k]); curve.y.push(y[k]); }
  if (curve.reduced_from > 0) curve.reduced_from += x.length;
  if (curve.x.length <= mostPoints) return;
  const count = curve.reduced_from > 0 ? curve.reduced_from : curve.x.length, kept = [];
  for (let i = 0; i < stretches; i++) {
    const [start, end] = [Math.floor(i * curve.x.length / stretches), Math.floor((i + 1) * curve.x.length / stretches)];
    let [low, high] = [start, start];
    for (let k = start; k < end; k++) {
      if (curve.y[k] == null) continue;
      if (!(curve.y[k] >= (curve.y[low] ?? Infinity))) low = k;
      if (!(curve.y[k] <= (curve.y[high] ?? -Infinity))) high = k;
    }
    for (const k of new Set([low, high, ...(i === stretches - 1 ? [end - 1] : [])].sort((a, b) => a - b))) kept.push(k);
  }
  [curve.x, curve.y] = [kept.map(k => curve.x[k]), kept.map(k => curve.y[k])];
  curve.reduced_from = count;
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

const axisLabel = figure => figure.steps && view.x !== "step" ? xAxes[view.x] : figure.x_label;

function axesOf(figure, xs, log) {
  const map = coordinate => figure.map ? corners(figure.map[coordinate]) : [];
  const ends = figure.steps && view.x === "step" ? [figure.steps.from, figure.steps.to] : [];
  return {
    x: axisOf([...xs.flat(), ...map("x"), ...ends], figure.steps ? view.logX : figure.log_x),
    y: axisOf([...figure.curves.flatMap(curve => curve.y), ...map("y")], log),
  };
}

// The places of the first and the last step of a curve, and of its first step above zero for a logarithmic axis.
function endsOf(curve, section) {
  const at = placeOfStep(section.runs[curve.run], view.x);
  return [curve.x[0], curve.x.find(x => x > 0), curve.x.at(-1)].filter(x => x != null).map(at);
}

function points(figure, { x, y }) {
  const curves = figure.curves.map(curve => [curve.x.map(x.place), curve.y.map(y.place)]);
  // An unseen one lets the axes reach all of the map.
  return figure.map ? [...curves, [corners(figure.map.x), corners(figure.map.y)]] : curves;
}

// All curves over one list of places; what has no place on the axis is left out.
function joined(figure, xs, axis, place) {
  return uPlot.join(figure.curves.map((curve, i) => {
    const places = xs[i].map(axis.place);
    const kept = places.includes(null) ? [...places.keys()].filter(k => places[k] != null) : null;
    return kept ? [kept.map(k => places[k]), kept.map(k => place(curve.y[k]))] : [places, curve.y.map(place)];
  }));
}

const wide = (min, max) => max > min ? { min, max } : { min: min - 0.5, max: max + 0.5 };

function overSteps(figure, axes, range) {
  return {
    ...common(figure, axes),
    cursor: { sync: { key: "step", scales: ["x", null] }, drag: { x: true, y: true, uni: 20 }, focus: { prox: 24 }, dataIdx: atStep },
    scales: {
      x: { time: false, ...range },
      y: { range: (u, min, max) => ranged(axes.y, min, max, 0.1) },
    },
    series: [{ label: axisLabel(figure) }, ...figure.curves.map(curve => ({ ...line(curve), spanGaps: false }))],
  };
}

// uPlot's mode 2: each curve has an x of its own, which may run back and forth.
function inPlane(figure, axes, keys) {
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
      axisOptions(x, axisLabel(figure), figure.steps && view.x === "step" && !x.log ? { incrs: wholes } : {}),
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

// Shows all figures of a section under the headings of their chapters.
function showSection(section, number, box, host) {
  let chapter = null, grid = null;
  const made = section.figures.map(figure => {
    if (figure.chapter !== chapter) {
      chapter = figure.chapter;
      grid = element("div", "grid", "");
      box.append(element("h2", "", chapter), grid);
    }
    return show(figure, grid, section, number === 0 ? figure.name : `${number}.${figure.name}`, host);
  });
  if (made.length > 0) box.prepend(skip(box.nextElementSibling, `details-${number + 1}`));
  return made;
}

// A link, seen when it has the focus, past all the buttons of the figures.
function skip(to, name) {
  to.id = name;
  to.tabIndex = -1;
  const link = element("a", "skip", "Skip the figures");
  link.setAttribute("href", `#${name}`);
  // What is skipped to may have been replaced since.
  link.onclick = event => {
    event.preventDefault();
    document.getElementById(name).focus();
    document.getElementById(name).scrollIntoView();
  };
  return link;
}

// What is wider than the page scrolls within itself, with the keyboard too.
function scrollable(box) {
  new ResizeObserver(() => { box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1; }).observe(box);
}

// Keys for all figures, where no chart or field has them.
function figureKeys(redraw) {
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches?.("input, select, textarea")) return;
    if (event.key === "l" && drawn.length > 0) toggleAll(redraw);
    if (event.key === "x" && drawn.length > 0) { view.logX = !view.logX; redraw(); }
  });
}

darkScheme.addEventListener("change", () => drawn.forEach(one => one.paint()));
