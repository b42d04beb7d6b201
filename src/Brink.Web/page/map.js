// Runs over two of their settings: a table whose cells are coloured by a result, each with a link to its runs.
function runMap(box, settings, keep) {
  const bar = element("div", "bar", ""), place = element("div", "scroll", "");
  const choices = { mx: "map: across", my: "down", mv: "value" }, selects = {};
  for (const [key, label] of Object.entries(choices)) {
    const name = element("label", "", `${label} `), select = element("select", "", "");
    select.onchange = () => keep({ [key]: select.value });
    selects[key] = select;
    name.append(select);
    bar.append(name);
  }
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", "runs by two settings");
  scrollable(place);
  box.append(bar, place);

  function fill(key, columns, none) {
    const now = settings().get(key) ?? "";
    selects[key].replaceChildren(...(none ? [new Option(none, "")] : []), ...columns.map(column => new Option(column.label, column.key, false, column.key === now)));
    return columns.find(column => column.key === now) ?? (none ? null : columns[0]);
  }

  return {
    render(runs, settingColumns, numbers) {
      box.hidden = settingColumns.length < 2 || numbers.length < 1;
      if (box.hidden) return;
      const [x, y, value] = [fill("mx", settingColumns, "none"), fill("my", settingColumns, "none"), fill("mv", numbers, null)];
      place.replaceChildren(...(x && y && x !== y ? [heatTable(runs, x, y, value)] : []));
    },
  };
}

function heatTable(runs, x, y, value) {
  const table = element("table", "heat", ""), cells = Map.groupBy(runs, run => `${x.value(run)}\n${y.value(run)}`);
  const axis = column => [...new Set(runs.map(run => column.value(run)))].filter(one => one !== "").sort(compare);
  const [across, down] = [axis(x), axis(y)], mean = members => {
    const numbers = members.map(run => value.value(run)).filter(one => typeof one === "number");
    return numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  };
  const means = new Map([...cells].map(([key, members]) => [key, mean(members)])), finite = [...means.values()].filter(one => one !== null);
  const [least, most] = [Math.min(...finite), Math.max(...finite)], colours = mapColours();
  table.append(element("caption", "", `${value.label}: the mean of the runs of a cell, coloured from ${shown(least)} to ${shown(most)}`));
  const head = element("tr", "", "");
  head.append(element("th", "", `${y.label} \\ ${x.label}`), ...across.map(one => scoped(element("th", "", String(one)), "col")));
  table.append(head);
  for (const row of down) {
    const line = element("tr", "", "");
    line.append(scoped(element("th", "", String(row)), "row"));
    for (const column of across) {
      const key = `${column}\n${row}`, members = cells.get(key), cell = element("td", "", "");
      if (members) {
        const link = element("a", "", means.get(key) === null ? members[0].status : shown(means.get(key)));
        link.href = `#/run?${new URLSearchParams(members.map(run => ["run", run.id]))}`;
        link.title = members.map(run => `${run.id}: ${run.status}`).join(", ");
        cell.append(link);
        if (means.get(key) !== null) paintCell(cell, colours[most > least ? Math.round(255 * (means.get(key) - least) / (most - least)) : 255]);
      }
      line.append(cell);
    }
    table.append(line);
  }
  return table;
}

function paintCell(cell, rgb) {
  cell.style.background = `rgb(${rgb.join(" ")})`;
  cell.style.color = contrast(rgb, [255, 255, 255]) > contrast(rgb, [0, 0, 0]) ? "#fff" : "#000";
}

function scoped(cell, scope) {
  cell.scope = scope;
  return cell;
}
