"use strict";
// One moment rules the page: pointing at a chart, the map, a line or the slider sets it,
// and every drawing shows where the trains and cars are then.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const slider = document.getElementById("time");
  const output = document.getElementById("now");
  const bar = document.getElementById("clock");
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

  // Index of the last value not above x in a list that never falls.
  const below = (list, x) => {
    let low = 0, high = list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle] <= x) low = middle; else high = middle - 1;
    }
    return low;
  };
  const between = (xs, ys, x) => {
    const k = below(xs, x);
    if (x <= xs[0]) return ys[0];
    if (k >= xs.length - 1) return ys[xs.length - 1];
    const span = xs[k + 1] - xs[k];
    return span > 0 ? ys[k] + (ys[k + 1] - ys[k]) * (x - xs[k]) / span : ys[k + 1];
  };
  const clockAt = (t) => {
    let row = data.clocks[0];
    for (const one of data.clocks) if (one[0] <= t) row = one;
    const minute = Math.round((data.start + t) / 60) * 60;
    const there = new Date((minute + row[1]) * 1000);
    const two = (n) => String(n).padStart(2, "0");
    return `${DAYS[there.getUTCDay()]} ${there.getUTCDate()} ${MONTHS[there.getUTCMonth()]} ` +
      `${two(there.getUTCHours())}:${two(there.getUTCMinutes())} ${row[2]}`;
  };
  const legAt = (t) => {
    let found = 0;
    data.legs.forEach((leg, k) => { if (leg.t0 <= t) found = k; });
    return found;
  };
  const mains = data.legs.map((_, k) => data.movements.find((m) => m.leg === k && m.role === "main"));

  const views = [];
  for (const [name, view] of Object.entries(data.views)) {
    const figure = document.getElementById(name);
    const svg = figure.querySelector("svg");
    const layer = document.createElementNS(SVG, "g");
    layer.setAttribute("class", "cursor");
    layer.setAttribute("pointer-events", "none");
    svg.appendChild(layer);
    views.push({ ...view, figure, svg, layer, zoom: 1, box: svg.viewBox.baseVal, marks: new Map(),
      full: [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height] });
  }
  const place = (axis, value) => axis[2] + (value - axis[0]) / (axis[1] - axis[0]) * (axis[3] - axis[2]);
  const value = (axis, at) => axis[0] + (at - axis[2]) / (axis[3] - axis[2]) * (axis[1] - axis[0]);

  const dot = (view, key, role, x, y) => {
    let mark = view.marks.get(key);
    if (!mark) {
      mark = document.createElementNS(SVG, "circle");
      mark.setAttribute("class", role);
      view.layer.appendChild(mark);
      view.marks.set(key, mark);
    }
    mark.setAttribute("r", (role === "main" ? 6 : 4.5) / view.zoom);
    mark.setAttribute("cx", x);
    mark.setAttribute("cy", y);
    mark.style.display = "";
  };
  const line = (view, x) => {
    let mark = view.marks.get("line");
    if (!mark) {
      mark = document.createElementNS(SVG, "line");
      view.layer.prepend(mark);
      view.marks.set("line", mark);
    }
    mark.setAttribute("x1", x);
    mark.setAttribute("x2", x);
    mark.setAttribute("y1", view.y[2]);
    mark.setAttribute("y2", view.y[3]);
    mark.style.display = "";
  };

  const draw = (view, t) => {
    for (const mark of view.marks.values()) mark.style.display = "none";
    const leg = legAt(t);
    if (view.kind === "map") {
      data.movements.forEach((m, k) => {
        const near = t >= m.t[0] && t <= m.t[m.t.length - 1];
        if (!(near || (m.role === "main" && m.leg === leg))) return;
        const d = between(m.t, m.d, t);
        dot(view, k, m.role, between(m.d, m["x_" + view.size], d), between(m.d, m["y_" + view.size], d));
      });
      const main = view.marks.get(data.movements.indexOf(mains[leg]));
      if (main) view.layer.appendChild(main);
      return;
    }
    if (view.leg !== leg) return;
    const main = mains[leg];
    if (view.kind === "speed") {
      const d = between(main.t, main.d, t);
      const one = data.legs[leg];
      line(view, place(view.x, d));
      if (one.at) dot(view, "main", "main", place(view.x, d), place(view.y, between(one.at, one.kmh, d)));
      return;
    }
    line(view, place(view.x, data.start + t));
    data.movements.forEach((m, k) => {
      if (m.leg === leg && t >= m.t[0] && t <= m.t[m.t.length - 1]) {
        dot(view, k, m.role, place(view.x, data.start + t), place(view.y, between(m.t, m.d, t)));
      }
    });
    const top = view.marks.get(data.movements.indexOf(main));
    if (top) view.layer.appendChild(top);
  };

  const rows = [...document.querySelectorAll("tr[data-utc]")];
  let moment = 0;
  const show = (t) => {
    moment = Math.max(0, Math.min(data.end, t));
    slider.value = String(moment);
    for (const view of views) draw(view, moment);
    const leg = data.legs[legAt(moment)];
    const main = mains[legAt(moment)];
    const d = between(main.t, main.d, moment);
    const words = [];
    if (moment > leg.t1) words.push("waiting");
    else {
      words.push(`${leg.mode}, km ${(d / 1000).toFixed(1)}`);
      const k = below(leg.places.map((p) => p[0]), d + 50);
      const [at, name] = leg.places[k];
      // A name written from right to left must not turn the figures beside it.
      const apart = (text) => `\u2068${text}\u2069`;
      if (Math.abs(d - at) < 100) words.push(apart(name));
      else if (leg.places[k + 1]) words.push(`${apart(name)} – ${apart(leg.places[k + 1][1])}`);
      const a = between(main.t, main.d, moment - 1), b = between(main.t, main.d, moment + 1);
      if (leg.at) words.push(b - a < 0.5 ? "standing" : `${Math.round(between(leg.at, leg.kmh, d))} km/h`);
    }
    const time = document.createElement("b");
    time.textContent = clockAt(moment);
    output.replaceChildren(time, words.join("  ·  "));
    slider.setAttribute("aria-valuetext", `${time.textContent}, ${words.join(", ")}`);
    let last = null;
    for (const row of rows) {
      row.classList.remove("now");
      if (Number(row.dataset.utc) - data.start <= moment + 30) last = row;
    }
    if (last) last.classList.add("now");
  };

  const point = (view, event) => {
    const matrix = view.svg.getScreenCTM();
    return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : null;
  };
  const timeOf = (view, at) => {
    if (view.kind === "string") return value(view.x, at.x) - data.start;
    if (view.kind === "speed") {
      const main = mains[view.leg];
      return between(main.d, main.t, Math.max(main.d[0], value(view.x, at.x)));
    }
    let best = null;
    for (const m of mains) {
      const xs = m["x_" + view.size], ys = m["y_" + view.size];
      for (let k = 0; k + 1 < xs.length; k += 1) {
        const dx = xs[k + 1] - xs[k], dy = ys[k + 1] - ys[k], size = dx * dx + dy * dy;
        const u = size ? Math.max(0, Math.min(1, ((at.x - xs[k]) * dx + (at.y - ys[k]) * dy) / size)) : 0;
        const away = Math.hypot(xs[k] + u * dx - at.x, ys[k] + u * dy - at.y);
        if (!best || away < best[0]) best = [away, m.t[k] + u * (m.t[k + 1] - m.t[k])];
      }
    }
    return best && best[0] * view.zoom < 40 ? best[1] : null;
  };

  const zoomTo = (view, zoom, x, y) => {
    const [width, height] = view.full;
    const k = Math.max(1, Math.min(24, zoom));
    const u = (x - view.box.x) / view.box.width, v = (y - view.box.y) / view.box.height;
    const w = width / k, h = height / k;
    view.box.x = Math.max(0, Math.min(width - w, x - u * w));
    view.box.y = Math.max(0, Math.min(height - h, y - v * h));
    view.box.width = w;
    view.box.height = h;
    view.zoom = k;
    view.svg.classList.toggle("zoomed", k > 1);
    for (const text of view.svg.querySelectorAll("text")) {
      text.dataset.size ||= String(parseFloat(text.style.fontSize));
      text.style.fontSize = `${Number(text.dataset.size) / k}px`;
      if (text.style.strokeWidth) text.style.strokeWidth = `${2.6 / k}px`;
    }
    for (const text of view.svg.querySelectorAll("text[data-about]")) {
      text.dataset.place ||= `${text.getAttribute("x")} ${text.getAttribute("y")}`;
      const [x0, y0] = text.dataset.about.split(" ").map(Number);
      const [x1, y1] = text.dataset.place.split(" ").map(Number);
      text.setAttribute("x", x0 + (x1 - x0) / k);
      text.setAttribute("y", y0 + (y1 - y0) / k);
    }
    for (const leader of view.svg.querySelectorAll(".leader")) leader.style.opacity = k > 1 ? "0" : "";
    for (const stop of view.svg.querySelectorAll(".stop")) {
      stop.dataset.r ||= stop.getAttribute("r");
      stop.setAttribute("r", Number(stop.dataset.r) / k);
      stop.style.strokeWidth = String(1.2 / k);
    }
    draw(view, moment);
  };

  for (const view of views) {
    let drag = null;
    view.svg.addEventListener("pointerdown", (event) => {
      if (view.zoom > 1) { drag = point(view, event); view.svg.setPointerCapture(event.pointerId); }
    });
    view.svg.addEventListener("pointermove", (event) => {
      const at = point(view, event);
      if (!at) return;
      if (drag && view.zoom > 1) {
        const [width, height] = view.full;
        view.box.x = Math.max(0, Math.min(width - view.box.width, view.box.x + drag.x - at.x));
        view.box.y = Math.max(0, Math.min(height - view.box.height, view.box.y + drag.y - at.y));
        return;
      }
      const t = timeOf(view, at);
      if (t !== null) show(t);
    });
    view.svg.addEventListener("pointerup", () => { drag = null; });
    view.svg.addEventListener("pointercancel", () => { drag = null; });
    view.svg.addEventListener("click", (event) => {
      const at = point(view, event);
      const t = at && timeOf(view, at);
      if (t !== null) show(t);
    });
    if (view.kind === "map") {
      view.svg.addEventListener("wheel", (event) => {
        if (!event.ctrlKey && view.zoom === 1 && event.deltaY > 0) return;
        event.preventDefault();
        const at = point(view, event);
        if (at) zoomTo(view, view.zoom * Math.exp(-event.deltaY / 400), at.x, at.y);
      }, { passive: false });
    }
  }
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      for (const view of views.filter((one) => one.kind === "map")) {
        const main = mains[legAt(moment)];
        const d = between(main.t, main.d, moment);
        const x = between(main.d, main["x_" + view.size], d), y = between(main.d, main["y_" + view.size], d);
        const factor = { in: 1.8, out: 1 / 1.8, all: 0 }[button.dataset.zoom];
        zoomTo(view, view.zoom * factor, x, y);
      }
    });
  }
  for (const row of rows) row.addEventListener("click", () => show(Number(row.dataset.utc) - data.start));
  slider.addEventListener("input", () => show(Number(slider.value)));
  bar.hidden = false;
  show(0);
})();
