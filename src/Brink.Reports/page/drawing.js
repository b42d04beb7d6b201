// What uPlot does not draw: maps, curves that run back and forth, dots and levels.

// A curve over steps; a null breaks it, and a point between two breaks is marked.
function overStepsSeries(curve, column) {
  if (curve.rings) return { paths: () => null, points: { show: true, size: 9, width: 1.5, fill: "transparent" } };
  if (curve.dots) return { paths: () => null, points: { show: true, size: 3, width: 0, fill: () => visible(curve.colour) } };
  const alone = curve.marked ? [] : isolated(column);
  return { points: curve.marked ? { show: true, fill: () => styleOf("--paper") } : { show: alone.length > 0, filter: () => alone, fill: () => styleOf("--paper") } };
}

// Indices of the points without a neighbour; undefined is the place of another curve's point.
function isolated(column) {
  const own = [...column.entries()].filter(([, value]) => value !== undefined);
  return own.filter(([, value], k) => value !== null && own[k - 1]?.[1] == null && own[k + 1]?.[1] == null).map(([i]) => i);
}

// The map lies under the curves; what is zoomed out of sight of it is cut off.
function drawMap(u, { picture, x, y }) {
  if (!picture) return;
  const { left, top, width, height } = u.bbox, context = u.ctx;
  const [x0, x1] = corners(x).map(v => u.valToPos(v, "x", true));
  const [y0, y1] = corners(y).map(v => u.valToPos(v, "y", true));
  context.save();
  context.beginPath(); context.rect(left, top, width, height); context.clip();
  context.imageSmoothingEnabled = (x1 - x0) < picture.width;
  context.drawImage(picture, x0, y1, x1 - x0, y0 - y1);
  context.restore();
}

function corners(extent) { return [extent.from, extent.to]; }

// Points that nothing joins.
function dots(u, i, pixels) {
  const path = new Path2D();
  eachPoint(u, i, (x, y) => square(path, x, y, pixels));
  return { fill: path };
}

// Lines from each point to the next; a gap breaks them.
function pointToPoint(u, i, marks) {
  const line = new Path2D(), squares = new Path2D();
  let pen = "moveTo";
  eachPoint(u, i, (x, y) => {
    line[pen](x, y);
    pen = "lineTo";
    if (marks) square(squares, x, y, 6);
  }, () => { pen = "moveTo"; });
  return { stroke: line, fill: squares };
}

function eachPoint(u, i, point, gap) {
  const [xs, ys] = u.data[i];
  xs.forEach((x, k) => x == null || ys[k] == null ? gap?.() : point(u.valToPos(x, "x", true), u.valToPos(ys[k], "y", true)));
}

function square(path, x, y, pixels) {
  const size = pixels * devicePixelRatio;
  path.rect(x - size / 2, y - size / 2, size, size);
}

// A horizontal line with its name.
function drawLevel(u, line, axis) {
  const place = line && axis.place(line.value);
  if (place == null || (axis.log && line.value < 0)) return;
  const y = u.valToPos(place, "y", true);
  const { left, top, width, height } = u.bbox;
  if (y < top || y > top + height) return;
  const context = u.ctx;
  context.save();
  context.strokeStyle = context.fillStyle = styleOf("--ink");
  context.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  context.beginPath(); context.moveTo(left, y); context.lineTo(left + width, y); context.stroke();
  context.textAlign = "right"; context.textBaseline = y < top + 20 * devicePixelRatio ? "top" : "bottom";
  context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  context.fillText(line.label, left + width - 6 * devicePixelRatio, y + (context.textBaseline === "top" ? 3 : -2) * devicePixelRatio);
  context.restore();
}
