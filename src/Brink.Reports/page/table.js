// The values of a figure as a table and as CSV: the curves and the stretch of x that are shown.
const mostRows = 500;

function shownValues({ figure, chart, xs, isZoomed }) {
  const columns = figure.curves.flatMap((curve, i) => chart.series[i + 1].show ? [i] : []);
  if (!figure.steps) {
    return columns.flatMap(i => figure.curves[i].x.map((x, k) => [figure.curves[i].label, x, figure.curves[i].y[k]]));
  }
  const rows = new Map(), { min, max } = chart.scales.x;
  for (const i of columns) {
    xs[i].forEach((x, k) => {
      const place = x == null ? null : chart.axisX.place(x);
      if (place == null || (isZoomed && (place < min || place > max))) return;
      if (!rows.has(x)) rows.set(x, new Map());
      rows.get(x).set(i, figure.curves[i].y[k]);
    });
  }
  return [...rows].sort(([a], [b]) => a - b).map(([x, values]) => [x, ...columns.map(i => values.get(i) ?? null)]);
}

function headOf({ figure, chart, xLabel }) {
  if (!figure.steps) return ["curve", figure.x_label, figure.y_label];
  return [xLabel, ...figure.curves.filter((_, i) => chart.series[i + 1].show).map(curve => curve.label)];
}

function csvOf(shownFigure) {
  const cell = value => value == null ? "" : /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return [headOf(shownFigure), ...shownValues(shownFigure)].map(row => row.map(cell).join(",")).join("\n") + "\n";
}

function tableOf(shownFigure) {
  const box = element("div", "scroll values", ""), table = element("table", "", ""), rows = shownValues(shownFigure);
  const every = Math.ceil(rows.length / mostRows), kept = rows.filter((_, k) => k % every === 0);
  table.append(element("caption", "", every > 1 ? `${shownFigure.figure.title}: every ${every}th of ${rows.length} rows; zoom in, or take the CSV, for all` : shownFigure.figure.title));
  const head = element("tr", "", "");
  for (const name of headOf(shownFigure)) { const th = element("th", "", name); th.scope = "col"; head.append(th); }
  table.append(head);
  for (const row of kept) {
    const line = element("tr", "", "");
    for (const value of row) line.append(element("td", "", typeof value === "string" ? value : shown(value)));
    table.append(line);
  }
  box.append(table);
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", `values of ${shownFigure.figure.title}`);
  return box;
}

// Hands a file to the browser.
function download(name, content, type) {
  const link = element("a", "", ""), address = URL.createObjectURL(new Blob([content], { type }));
  link.setAttribute("href", address);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
