// Moves the cursor of a chart with the keyboard: from point to point, by ten points with Shift, by a tenth of the points in
// view with Page Up and Page Down. In a plane, Up and Down change the curve.
function keysOf(figure) {
  // The point that the keyboard has chosen: of all curves over steps, or of one curve in a plane.
  let chosen = null;
  return {
    get chosen() { return chosen; },
    forget() { chosen = null; },
    // Returns where the cursor goes, in pixels of the plot; null where the key does nothing.
    move(u, key, shift) {
      const curves = figure.steps ? [0] : u.series.flatMap((series, i) => i > 0 && series.show && figure.curves[i - 1] ? [i] : []);
      let curve = chosen && curves.includes(chosen.curve) ? chosen.curve : curves[0];
      if (curve === undefined) return null;
      if (!figure.steps && (key === "ArrowUp" || key === "ArrowDown")) {
        curve = curves.at((curves.indexOf(curve) + (key === "ArrowUp" ? curves.length - 1 : 1)) % curves.length);
        chosen = { curve, at: null };
        key = "Home";
      }
      const points = figure.steps ? stepsInView(u) : pointsInView(u, curve);
      if (points.length === 0) return null;
      const now = points.indexOf(figure.steps ? u.cursor.idx : chosen?.at), tenth = Math.max(1, Math.round(points.length / 10));
      const by = { ArrowLeft: shift ? -10 : -1, ArrowRight: shift ? 10 : 1, PageUp: -tenth, PageDown: tenth }[key];
      const next = key === "Home" ? 0 : key === "End" ? points.length - 1 : by === undefined ? null : now < 0 ? (by > 0 ? 0 : points.length - 1) : now + by;
      if (next === null) return null;
      chosen = { curve, at: points[Math.min(points.length - 1, Math.max(0, next))] };
      return figure.steps
        ? { left: u.valToPos(u.data[0][chosen.at], "x"), top: u.over.clientHeight / 2 }
        : { left: u.valToPos(u.data[curve][0][chosen.at], "x"), top: u.valToPos(u.data[curve][1][chosen.at], "y") };
    },
  };
}

const isWithin = (scale, value) => value != null && value >= scale.min && value <= scale.max;

function stepsInView(u) {
  return [...u.data[0].keys()].filter(k => isWithin(u.scales.x, u.data[0][k]));
}

function pointsInView(u, curve) {
  const [xs, ys] = u.data[curve];
  return [...xs.keys()].filter(k => isWithin(u.scales.x, xs[k]) && isWithin(u.scales.y, ys[k]));
}
