// Draws a sweep over any two axes: a map and lines of one result. Every point is a link to its run.
const all = "all: mean", ending = "status", none = "none";
const margin = { left: 78, right: 16, top: 10, bottom: 46 };

// The number of a setting, or of a list with one number; null for other values.
const numberOf = text => {
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  return bare !== "" && Number.isFinite(Number(bare)) ? Number(bare) : null;
};
const ended = point => point.status === "completed" || point.status === "stable";
const words = name => name.replaceAll("_", " ");

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The values of an axis in order, each once: numbers by size, others as they come.
function valuesOf(axis) {
  const values = [...new Set(sweep.points.map(point => point.values[axis]))];
  return values.every(value => numberOf(value) !== null) ? values.sort((a, b) => numberOf(a) - numberOf(b)) : values;
}

const form = document.querySelector(".choices");
const selects = {};

function choice(key, label, options, value) {
  const select = element("select", "", "");
  for (const [name, text] of options) select.append(new Option(text, name, false, name === String(value)));
  select.onchange = draw;
  const box = element("label", "", `${label} `);
  box.append(select);
  form.append(box);
  selects[key] = { select, box };
}

const chosen = key => selects[key].select.value;

function makeChoices() {
  const axes = sweep.axes.map((axis, i) => [String(i), words(axis.path)]);
  const first = ["final_sharpness", "sharpness", "gd.loss", "loss"].find(name => sweep.results.includes(name));
  choice("result", "Result", [[ending, "status"], ...sweep.results.map(name => [name, words(name)])], first ?? ending);
  choice("x", "Horizontal", axes, 0);
  choice("y", "Vertical", [...axes, [none, "none"]], axes.length > 1 ? 1 : none);
  sweep.axes.forEach((axis, i) => choice(`of${i}`, words(axis.path), [[all, all], ...valuesOf(i).map(value => [value, value])], all));
}

// The points that the other axes leave, and the axes.
function view() {
  const x = Number(chosen("x")), y = chosen("y") === none || Number(chosen("y")) === x ? null : Number(chosen("y"));
  const others = sweep.axes.map((_, i) => i).filter(i => i !== x && i !== y);
  sweep.axes.forEach((_, i) => { selects[`of${i}`].box.hidden = !others.includes(i) || valuesOf(i).length > 40; });
  const points = sweep.points.filter(point => others.every(i => selects[`of${i}`].box.hidden || [all, point.values[i]].includes(chosen(`of${i}`))));
  const result = chosen("result"), at = sweep.results.indexOf(result);
  return { x, y, points, result, of: point => result === ending || !ended(point) ? null : point.results[at] };
}

// Places of an axis: numbers on a line, which is logarithmic where that of the sweep is or where they span three decades; cells
// and other values side by side.
function scaleOf(axis, points, from, to, inCells) {
  const values = valuesOf(axis).filter(value => points.some(point => point.values[axis] === value)), numbers = values.map(numberOf);
  if (inCells || numbers.includes(null) || values.length < 2) {
    const width = (to - from) / Math.max(1, values.length);
    const ticks = values.map((text, i) => ({ text: numbers[i] === null ? text : shown(numbers[i]), at: from + (i + 0.5) * width }));
    return { width: Math.abs(width), ticks, place: value => from + (values.indexOf(value) + 0.5) * width };
  }
  const log = numbers[0] > 0 && (sweep.axes[axis].is_logarithmic || numbers.at(-1) / numbers[0] >= 1000);
  return { width: 0, ...lineOf(numbers, log, from, to, text => numberOf(text)) };
}

function lineOf(numbers, log, from, to, read) {
  const axis = axisOf(numbers, log), places = numbers.map(axis.place);
  const [low, high] = ranged(axis, Math.min(...places), Math.max(...places), 0);
  const pad = 0.04 * (high - low), [start, end] = [low - pad, high + pad], to01 = place => from + (place - start) / (end - start) * (to - from);
  const step = 10 ** Math.floor(Math.log10((high - low) / 4)) || 1, round = [1, 2, 5, 10].map(n => n * step).find(n => (high - low) / n <= 5);
  const ticks = (log ? powerTicks(low, high, high - low > 5 ? Math.ceil((high - low) / 5) : 0.5) : multiples(low, high, round)).map(place => ({ text: axis.label(place), at: to01(place) }));
  return { ticks, place: value => to01(axis.place(read(value))) };
}

function frame(box, xLabel, yLabel, height) {
  const width = Math.max(260, box.clientWidth);
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group" });
  picture.append(
    svg("text", { x: (margin.left + width - margin.right) / 2, y: height - 6, "text-anchor": "middle", class: "axis" }, words(xLabel)),
    svg("text", { x: 14, y: height / 2, "text-anchor": "middle", class: "axis", transform: `rotate(-90 14 ${height / 2})` }, words(yLabel)));
  box.replaceChildren(picture);
  return { picture, left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
}

// Ticks with their texts; where texts would touch, only every second or third has one.
function ticks(area, scale, upright) {
  const space = upright ? 16 : 10 + 7 * Math.max(0, ...scale.ticks.map(tick => tick.text.length));
  let last = -Infinity;
  for (const { text, at } of [...scale.ticks].sort((a, b) => a.at - b.at)) {
    area.picture.append(svg("line", upright
      ? { x1: area.left - 4, x2: area.left, y1: at, y2: at, class: "tick" }
      : { y1: area.bottom, y2: area.bottom + 4, x1: at, x2: at, class: "tick" }));
    if (at - last < space) continue;
    last = at;
    area.picture.append(svg("text", upright
      ? { x: area.left - 7, y: at + 4, "text-anchor": "end" }
      : { x: at, y: area.bottom + 17, "text-anchor": "middle" }, upright && text.length > 9 ? `${text.slice(0, 8)}…` : text));
  }
}

// A mark of one or several points: a link to the first that has a page, with all of them in its title.
function link(points, text, ...marks) {
  const to = points.find(point => point.link)?.link;
  const title = points.slice(0, 8).map(point => `point ${point.index}: ${sweep.axes.map((axis, i) => `${axis.path} ${point.values[i]}`).join(", ")}, ${point.status}`);
  const made = svg(to ? "a" : "g", to ? { href: to } : {}, svg("title", {}, [text, ...title, ...(points.length > 8 ? [`and ${points.length - 8} more`] : [])].join("\n")), ...marks);
  made.setAttribute("aria-label", `${text}; ${title[0]}`);
  return made;
}

const cross = (x, y, size) => svg("path", { d: `M${x - size},${y - size}l${2 * size},${2 * size}m0,${-2 * size}l${-2 * size},${2 * size}`, class: "cross" });

const mean = values => values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

function drawMap({ x, y, points, result, of }) {
  const panel = document.querySelector("[data-figure=map]"), box = panel.querySelector(".sweep");
  panel.hidden = y === null;
  if (y === null) return;
  panel.querySelector("h2").textContent = words(result);
  const area = frame(box, sweep.axes[x].path, sweep.axes[y].path, 380);
  const columns = new Set(points.map(point => point.values[x])).size, rows = new Set(points.map(point => point.values[y])).size;
  const inCells = columns * rows <= 4 * points.length;
  const across = scaleOf(x, points, area.left, area.right, inCells), up = scaleOf(y, points, area.bottom, area.top, inCells);
  const cells = Map.groupBy(points, point => `${point.values[x]} ${point.values[y]}`);
  const value = new Map([...cells].map(([key, own]) => [key, mean(own.map(of).filter(v => v !== null))]));
  const known = [...value.values()].filter(v => v !== null), [low, high] = [Math.min(...known), Math.max(...known)];
  const log = low > 0 && high / low > 100, share = v => high > low ? (log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low)) : 1;
  const colours = mapColours();
  for (const [key, own] of cells) {
    const v = value.get(key), px = across.place(own[0].values[x]), py = up.place(own[0].values[y]);
    const rgb = v === null ? null : colours[Math.round(255 * share(v))], text = result === ending ? own[0].status : v === null ? own[0].status : shown(v);
    const look = rgb ? { fill: `rgb(${rgb.join(" ")})` } : { class: `status-${own[0].status}` };
    const [w, h] = inCells ? [across.width, up.width] : [14, 14];
    const mark = inCells ? svg("rect", { x: px - w / 2, y: py - h / 2, width: w, height: h, ...look }) : svg("circle", { cx: px, cy: py, r: 7, ...look });
    const made = link(own, text, mark);
    if (own.some(point => point.status === "diverged")) made.append(cross(px, py, Math.min(8, w / 4, h / 4)));
    else if (inCells && h > 16 && w > 8 + 6.5 * shorter(text).length)
      made.append(svg("text", { x: px, y: py + 4, "text-anchor": "middle", ...(rgb ? { style: `fill:${luminance(rgb) > 0.18 ? "#000" : "#fff"}` } : {}) }, shorter(text)));
    area.picture.append(made);
  }
  ticks(area, across, false);
  ticks(area, up, true);
  const caption = panel.querySelector("figcaption");
  caption.replaceChildren();
  if (known.length > 0) caption.append(mapScale(`${words(result)}${log ? ", logarithmic" : ""}`, low, high));
}

// Three digits fit into a cell.
const shorter = text => Number.isFinite(Number(text)) ? String(Number(Number(text).toPrecision(3))) : text;

function mapScale(label, from, to) {
  const bar = element("p", "scale", "");
  bar.append(`${label}  ${shown(from)} `, element("i", "", ""), ` ${shown(to)}`);
  return bar;
}

function drawLines({ x, y, points, result, of }) {
  const panel = document.querySelector("[data-figure=lines]"), box = panel.querySelector(".sweep");
  const known = points.filter(point => of(point) !== null), numbers = known.map(of);
  panel.hidden = known.length === 0;
  if (panel.hidden) return;
  panel.querySelector("h2").textContent = `${words(result)} over ${words(sweep.axes[x].path)}`;
  const area = frame(box, sweep.axes[x].path, result, 380), [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const across = scaleOf(x, points, area.left, area.right, false);
  const up = lineOf(numbers, low > 0 && high / low > 100, area.bottom, area.top, value => value);
  const groups = [...Map.groupBy(points, point => y === null ? "" : point.values[y])];
  const order = y === null ? [""] : valuesOf(y), list = element("ul", "legend", "");
  groups.sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0])).forEach(([name, own], i) => {
    const colour = groups.length <= 7 ? lineColours[i] : `#${mapColours()[Math.round(255 * i / (groups.length - 1))].map(v => v.toString(16).padStart(2, "0")).join("")}`;
    const stroke = visible(colour), places = [...Map.groupBy(own, point => point.values[x]).values()]
      .map(same => ({ same, x: across.place(same[0].values[x]), v: mean(same.map(of).filter(v => v !== null)) })).sort((a, b) => a.x - b.x);
    const line = places.filter(place => place.v !== null).map(place => `${place.x},${up.place(place.v)}`).join(" ");
    area.picture.append(svg("polyline", { points: line, stroke, fill: "none", "stroke-width": 1.5 }));
    for (const { same, x: px, v } of places) {
      if (v !== null) area.picture.append(link(same, shown(v), svg("circle", { cx: px, cy: up.place(v), r: 5, fill: stroke })));
      else if (same[0].status === "diverged") area.picture.append(link(same, "diverged", cross(px, area.top + 8, 5)));
    }
    const item = element("li", "", ""), swatch = element("i", "", "");
    swatch.style.color = stroke;
    item.append(swatch, `${words(sweep.axes[y ?? x].path)} ${name}`);
    if (y !== null) list.append(item);
  });
  ticks(area, across, false);
  ticks(area, up, true);
  panel.querySelector("figcaption").replaceChildren(...(groups.length > 1 && groups.length <= 20 ? [list] : []));
}

// The colours of curves of Okabe and Ito, in the order of the other pages.
const lineColours = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000"];

function draw() {
  const seen = view();
  drawMap(seen);
  drawLines(seen);
}

makeChoices();
draw();
addEventListener("resize", draw);
darkScheme.addEventListener("change", draw);
