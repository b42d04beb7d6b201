// The page offline: the data come from the page itself, nothing is loaded.
readView();
const sections = document.querySelectorAll(".figures");
const redraw = () => {
  keepView();
  drawn.forEach(one => one.draw());
  controls.paint();
};
const controls = viewControls(runs, redraw);
runs.forEach((section, number) => showSection(section, number, sections[number]));
if (drawn.length > 0) document.querySelector("main").prepend(controls.bar);
controls.paint();
figureKeys(redraw);
for (const table of document.querySelectorAll(".scroll")) scrollable(table);
