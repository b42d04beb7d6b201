// Colours of the system's scheme. Charts read them at every drawing.
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
const styleOf = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const channels = colour => [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));

// Relative luminance and contrast: WCAG 2.2.
function luminance(rgb) {
  const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

// The colour of a curve on this paper. A grey is inverted on dark paper: near-black becomes near-white, and a pale grey stays
// pale. Then the colour is mixed with the ink until its contrast is that of graphical objects, 3 : 1.
const visibleColours = new Map();
function visible(colour) {
  const paper = styleOf("--paper"), key = colour + paper;
  if (!visibleColours.has(key)) {
    const ink = channels(styleOf("--ink")), rgb = channels(colour), isGrey = Math.max(...rgb) - Math.min(...rgb) < 24;
    const from = darkScheme.matches && isGrey ? rgb.map(v => 255 - v) : rgb;
    let mixed = from;
    for (let share = 0; contrast(mixed, channels(paper)) < 3 && share < 1; share += 0.05)
      mixed = from.map((v, i) => Math.round(v + share * (ink[i] - v)));
    visibleColours.set(key, `rgb(${mixed.join(" ")})`);
  }
  return visibleColours.get(key);
}

// The colours of a heat map at 256 shares of its range.
function mapColours() {
  const stops = [0, 1, 2, 3].map(i => channels(styleOf(`--map-${i}`)));
  return Array.from({ length: 256 }, (_, level) => {
    const place = level / 255 * (stops.length - 1), stop = Math.min(Math.floor(place), stops.length - 2);
    return stops[stop].map((v, i) => Math.round(v + (place - stop) * (stops[stop + 1][i] - v)));
  });
}

// A heat map arrives as an image of its shares in grey; cells without a value are transparent.
function coloured(grey) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [grey.width, grey.height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(grey, 0, 0);
  const cells = context.getImageData(0, 0, canvas.width, canvas.height), colours = mapColours();
  for (let i = 0; i < cells.data.length; i += 4) cells.data.set(colours[cells.data[i]], i);
  context.putImageData(cells, 0, 0);
  return canvas;
}
