// The list of runs: filtered, sorted and grouped by what the address says.
const mostColumns = 8;

// Rows that are made at once: more than a screen shows.
const firstRows = 100, moreRows = 200;

const columns = [
  { key: "name", label: "run", value: run => run.id, cell: runLink },
  { key: "status", label: "status", value: run => run.status, cell: statusOf },
  { key: "kind", label: "kind", value: run => run.kind ?? "" },
  { key: "started", label: "started", value: run => run.started ?? "", text: run => run.started ? new Date(run.started).toLocaleString() : "" },
  { key: "seconds", label: "seconds", value: run => run.seconds ?? secondsSince(run), text: run => seconds(run.seconds ?? secondsSince(run)) },
];

const secondsSince = run => run.status === "running" && run.started ? (Date.now() - Date.parse(run.started)) / 1000 : null;
const seconds = value => value == null ? "" : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
const number = text => text !== "" && Number.isFinite(Number(text)) ? Number(text) : null;

function runLink(run) {
  if (run.status === "unreadable") return element("span", "", run.id);
  const link = element("a", "", run.id);
  link.href = `#/run?${new URLSearchParams([["run", run.id]])}`;
  if (run.name !== run.id) link.title = run.name;
  return link;
}

function statusOf(run) {
  const status = element("span", `status ${run.status}`, run.status);
  if (run.message) status.title = run.message;
  return run.status === "unreadable" ? [status, ` ${run.message}`] : status;
}

function settingColumn(path) {
  return { key: path, label: path.replaceAll("_", " "), value: run => number(run.settings[path] ?? "") ?? run.settings[path] ?? "", text: run => run.settings[path] ?? "" };
}

function numberColumn(label) {
  return { key: `#${label}`, label, value: run => run.numbers[label] ?? "", text: run => run.numbers[label] === undefined ? "" : shown(run.numbers[label]) };
}

// The columns of the settings and of the numbers in which runs differ, those that most runs have first.
function differing(runs, part, column) {
  const values = new Map();
  for (const run of runs) {
    for (const [key, value] of Object.entries(run[part])) {
      if (!values.has(key)) values.set(key, { count: 0, seen: new Set() });
      values.get(key).count++;
      values.get(key).seen.add(value);
    }
  }
  return [...values].filter(([, { seen }]) => seen.size > 1).sort(([, a], [, b]) => b.count - a.count).map(([key]) => column(key));
}

// Whether a run has every word of a filter: in its name, status, kind and settings, or as setting=value.
function matches(run, words) {
  const text = [run.id, run.name, run.status, run.kind, ...Object.entries(run.settings).map(([path, value]) => `${path}=${value}`)].join(" ").toLowerCase();
  return words.every(word => text.includes(word));
}

function compare(a, b) {
  const [m, n] = [a === "" || a == null, b === "" || b == null];
  if (m || n) return m - n;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}

function showList(main) {
  const runs = new Map(), chosen = new Set();
  let order = [], rendering = 0;
  const settings = () => new URLSearchParams(location.hash.split("?")[1] ?? "");
  const keep = changes => {
    const now = settings();
    for (const [key, value] of Object.entries(changes)) if (value) now.set(key, value); else now.delete(key);
    history.replaceState(null, "", `#/?${now}`);
    render();
  };

  main.innerHTML = '<h1>Runs</h1><div class="bar"><input type="search" aria-label="filter" placeholder="filter: words, or setting=value">'
    + '<label>group by <select></select></label><button type="button" class="compare" disabled></button><span class="count"></span></div>'
    + '<div class="maps"></div><div class="scroll" role="region" aria-label="runs"><table class="runs"><thead></thead><tbody></tbody></table></div>';
  const [filter, group, button, count, maps] = ["input", "select", ".compare", ".count", ".maps"].map(part => main.querySelector(part));
  const [head, body] = [main.querySelector("thead"), main.querySelector("tbody")];
  filter.value = settings().get("q") ?? "";
  filter.oninput = () => keep({ q: filter.value });
  group.onchange = () => keep({ group: group.value });
  button.onclick = () => { location.hash = `#/run?${new URLSearchParams(order.filter(run => chosen.has(run.id)).map(run => ["run", run.id]))}`; };
  scrollable(main.querySelector(".scroll"));
  const map = runMap(maps, settings, keep);

  const choose = () => {
    button.disabled = chosen.size < 1;
    button.textContent = chosen.size > 1 ? `compare ${chosen.size} runs` : "compare";
  };

  function row(run, shownColumns) {
    const line = element("tr", "", ""), first = element("td", "", ""), box = element("input", "", "");
    box.type = "checkbox";
    box.checked = chosen.has(run.id);
    box.disabled = run.status === "unreadable";
    box.setAttribute("aria-label", `choose ${run.id}`);
    box.onchange = () => { if (box.checked) chosen.add(run.id); else chosen.delete(run.id); choose(); };
    first.append(box);
    line.append(first);
    for (const column of shownColumns) {
      const cell = element("td", "", "");
      cell.append(...[column.cell?.(run) ?? column.text?.(run) ?? String(column.value(run))].flat());
      line.append(cell);
    }
    return line;
  }

  function render() {
    const now = settings(), words = (now.get("q") ?? "").toLowerCase().split(/\s+/).filter(word => word);
    const [sort, groupBy] = [now.get("sort") ?? "-started", now.get("group") ?? ""];
    const found = [...runs.values()].filter(run => matches(run, words));
    const settingColumns = differing(found, "settings", settingColumn), numbers = differing(found, "numbers", numberColumn);
    const known = [...columns, ...settingColumns, ...numbers];
    const shownColumns = [...columns, ...settingColumns.slice(0, mostColumns), ...numbers.slice(0, mostColumns / 2)];
    const by = known.find(column => column.key === sort.replace(/^-/, "")) ?? columns[3], down = sort.startsWith("-");
    order = found.sort((a, b) => (down ? -1 : 1) * compare(by.value(a), by.value(b)) || compare(a.id, b.id));
    const grouping = known.find(column => column.key === groupBy);
    group.replaceChildren(new Option("nothing", ""), ...known.filter(column => column.key !== "name" && !column.key.startsWith("#")).map(column => new Option(column.label, column.key, false, column.key === groupBy)));

    const titles = element("tr", "", "");
    titles.append(element("th", "", ""));
    for (const column of shownColumns) {
      const cell = element("th", "", ""), sorter = element("button", "", column.label);
      cell.scope = "col";
      sorter.type = "button";
      if (column === by) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      sorter.onclick = () => keep({ sort: column === by && !down ? `-${column.key}` : column.key });
      cell.append(sorter);
      titles.append(cell);
    }
    head.replaceChildren(titles);
    const groups = grouping ? Map.groupBy(order, run => String(grouping.value(run))) : new Map([["", order]]);
    const lines = [];
    for (const [value, members] of [...groups].sort(([a], [b]) => compare(number(a) ?? a, number(b) ?? b))) {
      if (grouping) {
        const line = element("tr", "group", ""), title = element("th", "", `${grouping.label} = ${value || "–"} (${members.length})`);
        title.colSpan = shownColumns.length + 1;
        title.scope = "rowgroup";
        line.append(title);
        lines.push(() => line);
      }
      lines.push(...members.map(run => () => row(run, shownColumns)));
    }
    // The first rows at once, the others in the pauses of the browser.
    const rest = lines.slice(firstRows), mine = ++rendering;
    body.replaceChildren(...lines.slice(0, firstRows).map(line => line()));
    const more = () => {
      if (mine !== rendering || rest.length === 0) return;
      body.append(...rest.splice(0, moreRows).map(line => line()));
      setTimeout(more);
    };
    setTimeout(more);
    count.textContent = runs.size === 0 ? "" : found.length === runs.size ? `${runs.size} runs` : `${found.length} of ${runs.size} runs`;
    main.querySelector(".scroll").hidden = runs.size === 0;
    choose();
    map.render(order, settingColumns, numbers);
  }

  const ticking = setInterval(() => {
    if ([...runs.values()].some(run => run.status === "running") && !document.hidden && !body.contains(document.activeElement)) render();
  }, 5000);
  const connection = connected(() => "/api/runs/events", {
    list({ runs: changed, removed, root }) {
      for (const run of changed) runs.set(run.id, run);
      for (const id of removed) { runs.delete(id); chosen.delete(id); }
      document.querySelector("#place").textContent = root;
      main.querySelector(".empty")?.remove();
      if (runs.size === 0) main.append(element("p", "empty", "no runs yet; 'brink run' makes one, and it appears here"));
      render();
    },
  });
  document.title = "Runs · Brink";
  document.querySelector("#keys").hidden = true;
  document.querySelector("#help").textContent = "Choose runs to lay them over each other; their order is that of the list.";
  return { close() { clearInterval(ticking); connection.close(); } };
}
