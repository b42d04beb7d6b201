// How the figures are shown: the x axis of all of them, and what the reader has changed of each. The address of the page has it,
// so that a link shows the same.
const xAxes = { step: "step", flow: "ηt, the time of the gradient flow", seconds: "seconds" };

const view = { x: "step", logX: false, figures: new Map() };

// The part of the address that describes the view: all of the fragment offline, what follows "?" in a served page.
function viewParameters() {
  const fragment = location.hash.slice(1);
  return new URLSearchParams(fragment.startsWith("/") ? fragment.split("?")[1] ?? "" : fragment);
}

function readView() {
  const given = viewParameters();
  view.x = given.get("x") in xAxes ? given.get("x") : "step";
  view.logX = given.get("logx") === "1";
  view.figures.clear();
  for (const [key, text] of given) if (key.startsWith("f.")) view.figures.set(key.slice(2), parsedView(text));
}

// log or lin, z and the ends of a zoom, h and the numbers of hidden curves, joined by underscores.
function parsedView(text) {
  const own = { log: null, zoom: null, hidden: new Set() };
  for (const part of text.split("_")) {
    if (part === "log" || part === "lin") own.log = part === "log";
    if (part[0] === "z") {
      const ends = part.slice(1).split("..").map(Number);
      if (ends.length === 2 && ends.every(Number.isFinite) && ends[0] < ends[1]) own.zoom = ends;
    }
    if (part[0] === "h") for (const number of part.slice(1).split("-").map(Number)) if (number > 0) own.hidden.add(number);
  }
  return own;
}

function viewOf(key) {
  if (!view.figures.has(key)) view.figures.set(key, parsedView(""));
  return view.figures.get(key);
}

const shortNumber = value => String(Number(value.toPrecision(7)));

function keepView() {
  const kept = viewParameters();
  for (const key of [...kept.keys()]) if (key === "x" || key === "logx" || key.startsWith("f.")) kept.delete(key);
  if (view.x !== "step") kept.set("x", view.x);
  if (view.logX) kept.set("logx", "1");
  for (const [key, { log, zoom, hidden }] of view.figures) {
    const parts = [];
    if (log !== null) parts.push(log ? "log" : "lin");
    if (zoom) parts.push(`z${zoom.map(shortNumber).join("..")}`);
    if (hidden.size > 0) parts.push(`h${[...hidden].join("-")}`);
    if (parts.length > 0) kept.set(`f.${key}`, parts.join("_"));
  }
  const fragment = location.hash.slice(1), route = fragment.startsWith("/") ? `${fragment.split("?")[0]}?` : "", text = kept.toString();
  const now = route + text;
  if (now !== fragment) history.replaceState(null, "", now === "" || now === "?" ? location.pathname + location.search : `#${now}`);
}

// Where a step of a run is on the x axis of the view; null where it has no place.
function placeOfStep(times, axis) {
  if (axis === "step" || !times) return step => step;
  if (axis === "flow") return times.learning_rate > 0 ? step => step * times.learning_rate : () => null;
  const { steps, seconds } = times;
  if (steps.length === 0) return () => null;
  let k = 0;
  return step => {
    if (step == null) return null;
    if (k > 0 && steps[k - 1] > step) k = 0;
    while (k < steps.length && steps[k] < step) k++;
    if (k === steps.length) return seconds.at(-1);
    const [from, start] = k === 0 ? [Math.min(0, steps[0]), 0] : [steps[k - 1], seconds[k - 1]];
    return steps[k] === from ? seconds[k] : start + (seconds[k] - start) * (step - from) / (steps[k] - from);
  };
}

// The axes that the runs of a page have.
function knownAxes(sections) {
  const runs = sections.flatMap(section => section.runs);
  return Object.keys(xAxes).filter(axis => axis === "step" || runs.some(run => axis === "flow" ? run.learning_rate > 0 : run.steps.length > 0));
}

// The controls of all figures: the x axis and the logarithmic axes.
function viewControls(sections, redraw) {
  const bar = element("div", "view", ""), axes = knownAxes(sections);
  if (axes.length > 1) {
    const label = element("label", "", "x axis "), choice = element("select", "", "");
    for (const axis of axes) choice.append(new Option(xAxes[axis], axis, false, axis === view.x));
    choice.onchange = () => {
      view.x = choice.value;
      for (const own of view.figures.values()) own.zoom = null;
      redraw();
    };
    label.append(choice);
    bar.append(label);
  }
  const logAll = element("button", "", "all values logarithmic"), logX = element("button", "", "x logarithmic");
  for (const button of [logAll, logX]) button.type = "button";
  logAll.title = "key l";
  logX.title = "key x";
  logAll.onclick = () => toggleAll(redraw);
  logX.onclick = () => { view.logX = !view.logX; redraw(); };
  bar.append(logAll, logX);
  return { bar, paint() { logX.setAttribute("aria-pressed", view.logX); logAll.setAttribute("aria-pressed", drawn.length > 0 && drawn.every(one => one.isLog || one.figure.map)); } };
}

function toggleAll(redraw) {
  const charts = drawn.filter(one => !one.figure.map), log = !charts.every(one => one.isLog);
  for (const one of charts) one.own.log = log === one.figure.log ? null : log;
  redraw();
}
