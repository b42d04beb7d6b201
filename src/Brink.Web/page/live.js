// The connection to the server, and runs that are shown while they are written.

// A hidden page needs no events: after this many milliseconds it disconnects, and connects again when it is seen.
const hiddenPatience = 30_000, retryAfter = 1000;

// A longer id does not fit into an address; then the page comes as a whole.
const longestId = 4000;

// Receives events; connects again after a loss, with the id of the last event, so that nothing comes twice.
function connected(address, handlers) {
  let source = null, last = null, timer = 0, closed = false;
  const say = (text, lost) => {
    const place = document.querySelector("#connection");
    place.textContent = text;
    place.className = lost ? "lost" : "";
  };
  const disconnect = () => { source?.close(); source = null; clearTimeout(timer); };
  const connect = () => {
    disconnect();
    const where = address();
    source = new EventSource(last === null || last.length > longestId ? where : `${where}${where.includes("?") ? "&" : "?"}${new URLSearchParams([["after", last]])}`);
    source.onopen = () => say("live", false);
    // The browser itself tries again only while the server does not answer.
    source.onerror = () => {
      say("connection lost; trying again", true);
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, retryAfter);
    };
    for (const [kind, handle] of Object.entries(handlers)) {
      source.addEventListener(kind, event => {
        handle(JSON.parse(event.data), { say, stop: () => { closed = true; disconnect(); } });
        // What is shown counts as received.
        if (event.lastEventId) last = event.lastEventId;
      });
    }
  };
  const seen = () => {
    clearTimeout(timer);
    if (closed) return;
    if (document.hidden) timer = setTimeout(disconnect, hiddenPatience);
    else if (!source) connect();
  };
  document.addEventListener("visibilitychange", seen);
  connect();
  return { close() { closed = true; document.removeEventListener("visibilitychange", seen); disconnect(); say("", false); } };
}

const queryOf = (section, pairs) => new URLSearchParams([...section.runs.map(run => ["run", run.id]), ...pairs]);

// What a server gives to a figure: the points of a stretch, and images.
const servedFigures = {
  async detail(section, figure, { from, to }) {
    try {
      const answer = await fetch(`/api/figure?${queryOf(section, [["name", figure.name], ["from", from], ["to", to]])}`);
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  },
  image(section, { figure, own, chart, isLog, isZoomed }, format) {
    const look = [["name", figure.name], ["log", isLog], ["hide", [...own.hidden].map(i => i - 1).join(",")]];
    if (isZoomed && figure.steps && view.x === "step" && !view.logX) look.push(["from", chart.scales.x.min], ["to", chart.scales.x.max]);
    return `/api/figure.${format}?${queryOf(section, look)}`;
  },
};

function showRuns(main, ids) {
  let sections = [], panels = [], controls = null;
  const redraw = () => {
    keepView();
    drawn.forEach(one => one.draw());
    controls?.paint();
  };
  const clear = () => {
    drawn.forEach(one => one.remove());
    drawn.length = 0;
    main.replaceChildren();
  };
  const connection = connected(() => `/api/events?${new URLSearchParams(ids.map(id => ["run", id]))}`, {
    page(page) {
      const scroll = [scrollX, scrollY], open = openDetails(main);
      clear();
      sections = page.sections;
      document.title = `${page.title} · Brink`;
      controls = viewControls(sections, redraw);
      main.append(controls.bar);
      for (const section of sections) main.insertAdjacentHTML("beforeend", section.html);
      panels = sections.map((section, number) => showSection(section, number, main.querySelectorAll(".figures")[number], servedFigures));
      controls.bar.hidden = drawn.length === 0;
      controls.paint();
      reopen(main, open);
      for (const table of main.querySelectorAll(".scroll")) scrollable(table);
      scrollTo(...scroll);
    },
    points({ sections: patches }) {
      for (const { section, runs, figures } of patches) {
        runs.forEach((run, i) => Object.assign(sections[section].runs[i], run));
        for (const patch of figures) panels[section][patch.figure].grow(patch);
      }
    },
    text({ section, html }) {
      const box = main.querySelectorAll(".run")[section], open = openDetails(box), fresh = document.createElement("template");
      if (!box) return;
      fresh.innerHTML = html;
      for (const part of ["header", ".tables", ".details"]) {
        const [old, next] = [box.querySelector(`:scope > ${part}`), fresh.content.querySelector(`.run > ${part}`)];
        if (!old || !next || old.innerHTML === next.innerHTML) continue;
        [next.id, next.tabIndex] = [old.id, old.tabIndex];
        old.replaceWith(next);
      }
      reopen(box, open);
      for (const table of box.querySelectorAll(".tables .scroll")) scrollable(table);
    },
    end(_, { say }) { say("ended", false); },
    removed({ run }, { say, stop }) { stop(); say(`${run} has been removed; the page keeps what it has shown`, true); },
    fault({ message }, { say }) { say(message, true); },
  });
  document.querySelector("#place").textContent = ids.join(", ");
  document.querySelector("#keys").hidden = false;
  document.querySelector("#help").textContent = "Drag to zoom into a figure, drag with Shift to move it, double-click to see all of it; a name in a legend hides or shows its curve. The cursor marks the same step in all figures over steps. The address of the page keeps the view.";
  figureRedraw = redraw;
  return { close() { connection.close(); clear(); figureRedraw = () => {}; } };
}

// Which parts of a page the reader has opened.
const openDetails = box => [...box?.querySelectorAll("details") ?? []].map(one => [titleOf(one), one.open]);
const titleOf = details => details.querySelector("summary").textContent.replace(/\d+/g, "");
function reopen(box, open) {
  for (const one of box.querySelectorAll("details")) {
    const before = open.find(([title]) => title === titleOf(one));
    if (before) one.open = before[1];
  }
}
