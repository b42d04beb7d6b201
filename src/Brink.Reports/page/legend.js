// The legend of a chart: a button for each name, which hides and shows its curves, and their values at the cursor while the
// pointer is in the chart or the keyboard moves its cursor.
function legendOf(figure, toggle, focus, hidden) {
  const list = element("ul", figure.steps ? "legend" : "legend plane", ""), entries = [];
  figure.curves.forEach((curve, i) => {
    // Curves that look alike and have one name are one entry.
    const alike = entries.find(entry => entry.curve.label === curve.label && entry.curve.colour === curve.colour && entry.curve.dash === curve.dash);
    if (alike) { alike.series.push(i + 1); return; }
    const button = element("button", "", curve.label), swatch = element("i", curve.dots ? "dots" : curve.rings ? "rings" : curve.dash, "");
    const entry = { curve, series: [i + 1], swatch, value: null };
    button.type = "button";
    button.prepend(swatch);
    button.setAttribute("aria-pressed", !hidden.has(i + 1));
    button.onclick = () => {
      const show = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", show);
      toggle(entry.series, show);
    };
    button.onpointerenter = button.onfocus = () => focus(entry.series[0]);
    button.onpointerleave = button.onblur = () => focus(null);
    entry.value = item(button);
    entries.push(entry);
  });

  // The last: while its value is not shown, it leaves no hole.
  const position = figure.steps ? item("") : null;

  function item(name) {
    const row = element("li", "", ""), value = element("span", "value", "");
    row.append(typeof name === "string" ? element("span", "position", name) : name, value);
    list.append(row);
    return value;
  }

  const legend = {
    list,
    // Colours of the scheme.
    paint() { for (const { swatch, curve } of entries) swatch.style.color = visible(curve.colour); },
    // Texts of the values by series number, and of the position; null where the cursor is elsewhere.
    show(values, at) {
      if (position) {
        position.previousSibling.textContent = axisLabel(figure);
        position.textContent = values ? at : "";
        position.parentElement.style.visibility = values ? "visible" : "hidden";
      }
      for (const entry of entries) entry.value.textContent = values ? entry.series.map(i => values[i]).find(text => text !== "–") ?? "–" : "";
    },
    // The values in words, for readers of the screen.
    words: () => [...list.children].map(row => row.textContent).join(", "),
  };
  legend.show(null);
  return legend;
}
