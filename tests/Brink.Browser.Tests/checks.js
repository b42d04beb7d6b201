// Checks of a page of Brink, in the page. Each returns what is wrong, one text each.

// Resolves when nothing is left to draw.
async function painted() {
  if (typeof drawn === "undefined") return;
  await Promise.all(drawn.filter(one => one.figure.map).map(one => one.figure.map.grey.decode()));
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
}

// Nothing is wider than the window.
function overflowing() {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > root.clientWidth + 1 && !one.closest(".scroll > *, .chart > *, .skip"));
  return [`the page is ${root.scrollWidth} pixels wide in a window of ${root.clientWidth}: ${wide.slice(0, 5).map(one => `${one.localName}.${one.className}`)}`];
}

// Every figure has finite data, a canvas of its size, ticks on both axes, and its curves in their colours.
function badCharts() {
  const faults = [];
  document.querySelectorAll(".figures").forEach((section, run) => {
    if (section.querySelectorAll("canvas").length !== runs[run].figures.length) faults.push(`run ${run + 1}: ${runs[run].figures.length} figures, ${section.querySelectorAll("canvas").length} canvases`);
  });
  return [...faults, ...badDrawn()];
}

// The same of the charts that are drawn, in a page of any host.
function badDrawn() {
  const faults = [];
  for (const { figure, panel, chart } of drawn) {
    const fault = text => faults.push(`${figure.name}: ${text}`), canvas = panel.querySelector("canvas");
    const isData = v => v === null || Number.isFinite(v);
    if (!figure.curves.every(curve => curve.x.every(isData) && curve.y.every(isData))) fault("a value that is neither finite nor null");
    if (!(canvas.width > 0 && canvas.height > 0 && canvas.clientWidth > 100)) fault(`a canvas of ${canvas.width} by ${canvas.height}`);
    if (canvas.getBoundingClientRect().right > panel.getBoundingClientRect().right) fault("the canvas is wider than its panel");
    for (const axis of chart.axes) {
      const labels = axis._values?.filter(text => text !== "") ?? [];
      if (labels.length < 2 || labels.length > 30) fault(`the axis of ${axis.label} has ${labels.length} labels`);
      if (new Set(labels).size !== labels.length) fault(`the axis of ${axis.label} repeats a label: ${labels}`);
      if (labels.some(text => /NaN|Infinity|undefined/.test(text))) fault(`the axis of ${axis.label} is labelled ${labels}`);
    }
    for (const scale of Object.values(chart.scales)) if (!Number.isFinite(scale.max - scale.min)) fault(`a scale from ${scale.min} to ${scale.max}`);
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const pixels = copy.getImageData(0, 0, canvas.width, canvas.height);
    const curves = figure.curves.map((_, i) => places(chart, figure, i + 1)).map((own, i) => ({ own, colour: channelsOf(visible(figure.curves[i].colour)) }));
    const inView = curves.filter(curve => curve.own.length > 0);
    if (inView.length > 0 && !inView.some(({ own, colour }) => own.some(([x, y]) => has(pixels, x, y, colour)))) fault("no curve is drawn in its colour");
    if (!inView.every(({ own }) => own.some(([x, y]) => has(pixels, x, y, null)))) fault("a curve is not drawn");
    if (figure.map && !has(pixels, canvas.width / 2, canvas.height / 2, null, 40)) fault("the map is not drawn");
  }
  return faults;
}

const channelsOf = rgb => rgb.match(/\d+/g).map(Number);

// Up to 60 places of a curve in view, in pixels of the canvas.
function places(u, figure, i) {
  const [xs, ys] = figure.steps ? [u.data[0], u.data[i]] : u.data[i], found = [];
  for (let k = 0; k < xs.length; k++) {
    if (xs[k] == null || ys[k] == null || !isWithin(u.scales.x, xs[k]) || !isWithin(u.scales.y, ys[k])) continue;
    found.push([u.valToPos(xs[k], "x", true), u.valToPos(ys[k], "y", true)]);
  }
  const every = Math.ceil(found.length / 60);
  return found.filter((_, k) => k % every === 0);
}

// Whether there is a pixel of a colour near a place; of any colour that is not transparent for null.
function has({ data, width, height }, x, y, colour, reach = 3) {
  for (let row = Math.max(0, Math.round(y) - reach); row <= Math.min(height - 1, Math.round(y) + reach); row++) {
    for (let column = Math.max(0, Math.round(x) - reach); column <= Math.min(width - 1, Math.round(x) + reach); column++) {
      const at = 4 * (row * width + column);
      if (data[at + 3] < 100) continue;
      if (!colour || colour.every((v, i) => Math.abs(v - data[at + i]) < 60)) return true;
    }
  }
  return false;
}

// Names and roles: what a reader of the screen needs.
function unnamed() {
  const count = document.querySelectorAll("h1").length;
  return [...(count === runs.length ? [] : ["no heading of each run"]), ...unnamedParts()];
}

function unnamedParts() {
  const faults = [];
  const need = (condition, text) => { if (!condition) faults.push(text); };
  need(document.documentElement.lang === "en", "no language");
  need(document.title.length > 8, "no title");
  need(document.querySelectorAll("main").length === 1, "no main landmark");
  const levels = [...document.querySelectorAll("h1, h2, h3")].map(heading => Number(heading.localName[1]));
  levels.forEach((level, i) => need(level <= (levels[i - 1] ?? 0) + 1, `heading ${i + 1} skips a level`));
  document.querySelectorAll("button, [role], a").forEach(one => {
    const named = one.getAttribute("aria-labelledby");
    need(one.textContent.trim() || one.getAttribute("aria-label") || document.getElementById(named)?.textContent, `a ${one.localName} without a name`);
  });
  document.querySelectorAll(".chart").forEach(chart => need(chart.tabIndex === 0, "a chart that the keyboard does not reach"));
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  need(new Set(ids).size === ids.length, "an id twice");
  return faults;
}

// Contrast of every text, 4.5 to 1, and of the legend's colours, 3 to 1 (WCAG 2.2, AA).
function pale() {
  const faults = new Set(), paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = colour => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const behind = one => {
    for (; one; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour.slice(0, 3);
    }
    return channels(styleOf("--paper"));
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const one = text.parentElement;
    if (!text.data.trim() || one.closest("script, style, .skip")) continue;
    const ratio = contrast(rgba(getComputedStyle(one).color).slice(0, 3), behind(one));
    if (ratio < 4.5) faults.add(`"${text.data.trim().slice(0, 30)}" has a contrast of ${ratio.toFixed(2)}`);
  }
  for (const swatch of document.querySelectorAll(".legend i")) {
    const ratio = contrast(rgba(getComputedStyle(swatch).color).slice(0, 3), behind(swatch.parentElement));
    if (ratio < 3) faults.add(`the colour of ${swatch.parentElement.textContent} has a contrast of ${ratio.toFixed(2)}`);
  }
  for (const name of ["--ink", "--soft"]) if (contrast(channels(styleOf(name)), channels(styleOf("--paper"))) < 4.5) faults.add(`${name} is pale`);
  return [...faults];
}

// The names of the figures whose legends show a value.
function withValues() {
  return drawn.filter(one => [...one.panel.querySelectorAll(".legend .value")].some(value => value.textContent !== "")).map(one => one.figure.name);
}

function moving() { return document.getAnimations().map(animation => `something moves: ${animation}`); }
