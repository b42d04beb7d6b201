// An axis places values where a chart can draw them: logarithmic ones by their exponent of ten, others in a unit that keeps
// very large and very small ones within the range of its arithmetic. On a logarithmic axis a value counts by its magnitude,
// and zero has no place.
function axisOf(values, log) {
  let largest = 0;
  for (const v of values) if (Math.abs(v ?? 0) > largest) largest = Math.abs(v);
  const usual = largest === 0 || (largest > 1e-12 && largest < 1e12);
  const unit = log || usual ? 1 : 10 ** Math.min(300, Math.max(-300, Math.floor(Math.log10(largest))));
  return {
    log, unit,
    place: v => v == null ? null : !log ? v / unit : v === 0 ? null : Math.log10(Math.abs(v)),
    label: place => log ? power(place) : unit === 1 ? shown(place) : scientific(place, Math.round(Math.log10(unit))),
  };
}

const shown = value => value == null ? "–" : Number(value).toPrecision(6).replace(/\.?0+(e|$)/, "$1");

// The value of an exponent of ten, which may be too large for the arithmetic.
function power(exponent) {
  if (Math.abs(exponent) <= 4) return shown(10 ** exponent);
  const whole = Math.floor(exponent);
  return `${shown(10 ** (exponent - whole))}e${whole}`;
}

// A place in a unit: the number itself may be too large for the arithmetic.
function scientific(place, exponent) {
  if (place === 0) return "0";
  const [digits, own] = place.toExponential(5).split("e").map(Number);
  return `${digits}e${own + exponent}`;
}

// The range of an axis from its least place to its largest, with a margin.
function ranged(axis, min, max, margin) {
  if (min == null || max == null || !Number.isFinite(max - min)) return axis.log ? [-1, 0] : [0, 1];
  const middle = (min + max) / 2;
  if (max - min <= 1e-9 * Math.max(Math.abs(min), Math.abs(max))) {
    const half = axis.log ? 0.5 : 0.1 * Math.abs(middle) || 1;
    return [middle - half, middle + half];
  }
  if (margin === 0) return [min, max];
  if (!axis.log) return uPlot.rangeNum(min, max, margin, margin > 0.05);
  return [min - 0.05 * (max - min), max + 0.05 * (max - min)];
}

// Distances between the ticks of a logarithmic axis, in decades.
const decades = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];

// Distances between the ticks of an axis of steps.
const wholes = Array.from({ length: 12 }, (_, digits) => [1, 2, 5].map(n => n * 10 ** digits)).flat();

// Ticks at whole powers of ten; within a decade or two at 1, 2 and 5 times them; within less at round values.
function powerTicks(min, max, distance) {
  if (distance >= 1) return multiples(min, max, distance);
  const ticks = [];
  for (let decade = Math.floor(min); decade <= max; decade++)
    for (const n of [1, 2, 5]) ticks.push(n === 1 ? decade : decade + Math.log10(n));
  const within = ticks.filter(place => place >= min && place <= max);
  if (within.length > 2) return within;
  const base = Math.floor(min), [low, high] = [10 ** (min - base), 10 ** (max - base)];
  const rough = (high - low) / 5, size = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].map(n => n * size).find(n => n >= rough);
  return step > 0 ? multiples(low, high, step).map(value => base + Math.log10(value)) : within;
}

function multiples(from, to, step) {
  const ticks = [];
  for (let n = Math.ceil(from / step); n * step <= to && ticks.length < 100; n++) ticks.push(n * step);
  return ticks;
}

// The description that a chart takes of an axis.
function axisOptions(axis, label, more) {
  return {
    label, stroke: () => styleOf("--soft"), grid: { stroke: () => styleOf("--grid"), width: 1 }, ticks: { stroke: () => styleOf("--line") },
    font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", size: 38, labelSize: 20, labelGap: 2,
    values: (u, ticks) => ticks.map(place => place == null ? "" : axis.label(place)),
    ...(axis.log ? { incrs: decades, splits: (u, i, min, max, distance) => powerTicks(min, max, distance) } : {}),
    ...more,
  };
}
