// The served page: which part of it the address shows.
let figureRedraw = () => {}, part = null, shownPlace = null;

function route() {
  const [path, query] = (location.hash.slice(1) || "/").split("?"), ids = new URLSearchParams(query ?? "").getAll("run");
  // The rest of the address is the view of the same part.
  const place = path === "/run" && ids.length > 0 ? ids.join("\n") : "";
  if (place === shownPlace) return;
  shownPlace = place;
  part?.close();
  readView();
  part = place === "" ? showList(document.querySelector("main")) : showRuns(document.querySelector("main"), ids);
}

addEventListener("hashchange", route);
figureKeys(() => figureRedraw());
route();
