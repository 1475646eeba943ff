// The page: what of the model is drawn where, and what the mouse and the keys do.

const data = JSON.parse(document.getElementById("data").textContent);
const { roots, jobs } = readJobs(data);
const element = (id) => document.getElementById(id);
const area = element("rows");
const view = new View(
  jobs.reduce((first, job) => Math.min(first, job.spawned), jobs.length > 0 ? jobs[0].spawned : 0),
  jobs.reduce((last, job) => Math.max(last, job.end), 1));
const state = { rows: unfoldedRows(roots), namesWidth: 260, hovered: null, selected: null, found: [], query: "", drawn: [] };
let painter = new Painter(readColours());
let frame = 0;

function barsWidth() { return area.clientWidth - state.namesWidth; }

function x(time) { return state.namesWidth + view.x(time, barsWidth()); }

function redraw() {
  if (frame === 0) {
    frame = requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }
}

function draw() {
  state.namesWidth = Math.max(120, Math.min(300, area.clientWidth * 0.26));
  element("height").style.height = `${RULER + state.rows.length * ROW + 8}px`;
  drawRows();
  drawOverview();
}

function drawRows() {
  const to = prepare(element("chart"), area.clientWidth, area.clientHeight);
  to.font = painter.font;
  const first = Math.floor(area.scrollTop / ROW);
  const last = Math.min(state.rows.length, Math.ceil((area.scrollTop + area.clientHeight - RULER) / ROW));
  const top = (row) => RULER + row * ROW - area.scrollTop;
  state.drawn = [];
  backgrounds(to, first, last, top);
  const marks = ticks(view, barsWidth());
  grid(to, marks);
  clipped(to, state.namesWidth, RULER, barsWidth(), area.clientHeight, () => {
    for (let row = first; row < last; row++) drawBar(to, state.rows[row], top(row));
  });
  clipped(to, 0, RULER, state.namesWidth, area.clientHeight, () => {
    for (let row = first; row < last; row++) faded(to, state.rows[row], () => painter.name(to, state.rows[row], top(row), state.namesWidth));
  });
  ruler(to, marks);
}

function clipped(to, left, top, width, height, paint) {
  to.save();
  to.beginPath();
  to.rect(left, top, width, height);
  to.clip();
  paint();
  to.restore();
}

function faded(to, node, paint) {
  to.globalAlpha = state.query && !node.matches ? 0.3 : 1;
  paint();
  to.globalAlpha = 1;
}

function backgrounds(to, first, last, top) {
  for (let row = first; row < last; row++) {
    const node = state.rows[row];
    const colour = node === state.selected ? "selected" : node === state.hovered ? "hover" : node.matches ? "match" : null;
    if (colour) {
      to.fillStyle = painter.colours[colour];
      to.fillRect(0, top(row), node.matches && colour === "match" ? state.namesWidth : area.clientWidth, ROW);
    }
  }
}

function grid(to, { marks }) {
  to.fillStyle = painter.colours.line;
  for (const mark of marks) {
    if (x(mark) > state.namesWidth) to.fillRect(Math.round(x(mark)), RULER, 1, area.clientHeight);
  }
}

function ruler(to, { marks, step }) {
  to.fillStyle = painter.colours.panel;
  to.fillRect(0, 0, area.clientWidth, RULER);
  to.fillStyle = painter.colours.line;
  to.fillRect(0, RULER - 1, area.clientWidth, 1);
  to.fillRect(state.namesWidth - 1, 0, 1, area.clientHeight);
  to.fillStyle = painter.colours.muted;
  to.fillText(`${state.rows.length.toLocaleString("en")} rows`, 14, RULER / 2);
  for (const mark of marks) {
    if (x(mark) > state.namesWidth + 2) to.fillText(moment(mark, step), x(mark) + 4, RULER / 2);
  }
}

function drawBar(to, node, y) {
  if (node.id === 0) return;
  const right = area.clientWidth;
  faded(to, node, () => {
    const box = painter.bar(to, node, y, x, state.namesWidth, right);
    painter.label(to, node, box, y, state.namesWidth, right);
    state.drawn.push({ id: node.id, ...box });
  });
}

function drawOverview() {
  const canvas = element("overview");
  const width = document.body.clientWidth;
  const height = 50;
  const to = prepare(canvas, width, height);
  if (state.load?.width !== width) state.load = { width, ...load(jobs, view, width) };
  const { pending, running, peak } = state.load;
  to.fillStyle = painter.colours.succeeded;
  to.globalAlpha = 0.25;
  for (let i = 0; i < width; i++) {
    const part = Math.min(1, (running[i] + pending[i]) / peak);
    to.fillRect(i, height - part * (height - 6), 1, part * (height - 6));
  }
  to.globalAlpha = 0.8;
  for (let i = 0; i < width; i++) {
    const part = running[i] / peak;
    to.fillRect(i, height - part * (height - 6), 1, part * (height - 6));
  }
  to.globalAlpha = 1;
  for (const job of jobs) {
    if (job.outcome === "failed") {
      to.fillStyle = painter.colours.failed;
      to.fillRect(overviewX(job.end, width) - 1, 0, 2, 8);
    }
  }
  shadeOutside(to, width, height);
  to.font = painter.font;
  const text = `at most ${peak.toLocaleString("en")} running at once`;
  to.fillStyle = painter.colours.page;
  to.globalAlpha = 0.75;
  to.fillRect(8, 3, to.measureText(text).width + 12, 18);
  to.globalAlpha = 1;
  to.fillStyle = painter.colours.muted;
  to.fillText(text, 14, 12);
}

function overviewX(time, width) { return ((time - view.first) / (view.last - view.first)) * width; }

function shadeOutside(to, width, height) {
  const left = Math.max(0, overviewX(view.from, width));
  const right = Math.min(width, overviewX(view.to, width));
  if (left <= 0 && right >= width) return;
  to.fillStyle = painter.colours.page;
  to.globalAlpha = 0.7;
  to.fillRect(0, 0, left, height);
  to.fillRect(right, 0, width - right, height);
  to.globalAlpha = 1;
  to.strokeStyle = painter.colours.accent;
  to.lineWidth = 1.5;
  to.strokeRect(left + 1, 1, Math.max(2, right - left - 2), height - 2);
}

function drawLegend() {
  const to = prepare(element("legend"), 690, 24);
  to.font = painter.font;
  let at = 4;
  const sample = (words, colour, job, width) => {
    painter.bar(to, { spawned: 0, started: 0, stopped: width, end: width, children: [], ...job }, 1, (time) => at + time, at, at + width);
    to.fillStyle = painter.colours[colour];
    to.fillText(words, at + width + 6, 12);
    at += width + to.measureText(words).width + 22;
  };
  sample("pending", "muted", { outcome: "succeeded", started: NEVER }, 24);
  sample("body", "muted", { outcome: "succeeded" }, 24);
  sample("jobs below go on", "muted", { outcome: "succeeded", stopped: 5 }, 24);
  for (const outcome of ["failed", "cancelled", "unfinished"]) {
    sample(`${SIGNS[outcome]} ${outcome}`, outcome, { outcome }, 24);
  }
}

function select(node) {
  state.selected = node;
  if (node) {
    const top = node.row * ROW;
    const room = area.clientHeight - RULER - ROW;
    if (Math.abs(top - area.scrollTop - room / 2) > room / 2 + ROW) area.scrollTop = top - room / 3;
    else if (top < area.scrollTop) area.scrollTop = top;
    else if (top > area.scrollTop + room) area.scrollTop = top - room;
  }
  describe(node);
  redraw();
}

function describe(node) {
  element("details").textContent = !node ? "" : node.id === 0 ? `${node.path}: ${node.children.length} jobs`
    : `${node.path} #${node.id}   ${facts(node, data.now).map(([name, value]) => `${name} ${value}`).join("   ")}`;
}

function refold() {
  state.rows = unfoldedRows(roots);
  if (state.selected && state.rows[state.selected.row] !== state.selected) state.selected = null;
  redraw();
}

function toggle(node) {
  if (node && node.children.length > 0) {
    node.folded = !node.folded;
    refold();
  }
}

function toggleAll() {
  const folded = !jobs.some((job) => job.folded);
  for (const job of jobs) job.folded = folded && job.children.length > 0;
  refold();
}

function unfoldAbove(node) {
  for (let above = node.parent; above; above = above.parent) above.folded = false;
  refold();
}

function zoomTo(node) {
  if (node && node.id !== 0) {
    view.show(node.spawned, node.end);
    select(node);
  }
}

function find(query) {
  state.query = query.trim();
  state.found = search(jobs, state.query);
  if (state.found.length > 0) {
    next(0);
  } else {
    element("matches").textContent = state.query ? "no match" : "";
  }
  redraw();
}

function next(by) {
  const count = state.found.length;
  if (count === 0) return;
  state.at = by === 0 ? 0 : (state.at + by + count) % count;
  const node = state.found[state.at];
  unfoldAbove(node);
  element("matches").textContent = `${(state.at + 1).toLocaleString("en")} of ${count.toLocaleString("en")}`;
  if (node.end < view.from || node.spawned > view.to) view.move((node.spawned + node.end) / 2 - (view.from + view.to) / 2);
  select(node);
}

function nodeAt(event) {
  const box = area.getBoundingClientRect();
  const y = event.clientY - box.top - RULER;
  return y < 0 ? null : state.rows[Math.floor((y + area.scrollTop) / ROW)] ?? null;
}

function zoom(factor, clientX = state.namesWidth + barsWidth() / 2) {
  view.zoom(factor, clientX - state.namesWidth, barsWidth());
  redraw();
}

function showTip(node, event) {
  const tip = element("tip");
  tip.hidden = !node || node.id === 0;
  if (tip.hidden) return;
  const list = document.createElement("dl");
  for (const [name, value] of facts(node, data.now)) {
    list.append(Object.assign(document.createElement("dt"), { textContent: name }),
      Object.assign(document.createElement("dd"), { textContent: value }));
  }
  tip.replaceChildren(Object.assign(document.createElement("b"), { textContent: `${node.path} #${node.id}` }), list);
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(event.clientY + 18, innerHeight - tip.offsetHeight - 8)}px`;
}

area.addEventListener("wheel", (event) => {
  const overBars = event.clientX > state.namesWidth;
  if (!overBars && !event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    view.move((event.deltaX / barsWidth()) * view.span);
    redraw();
  } else {
    zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.005), event.clientX);
  }
}, { passive: false });

// With Shift a wheel would scroll sideways, where there is nothing.
area.addEventListener("wheel", (event) => {
  if (event.shiftKey) area.scrollTop += event.deltaY || event.deltaX;
}, { passive: true });

let drag = null;
area.addEventListener("pointerdown", (event) => {
  const node = nodeAt(event);
  if (event.clientX > state.namesWidth) {
    drag = { from: event.clientX, moved: false };
  } else if (node && event.clientX < 10 + Math.min(node.depth * INDENT, state.namesWidth * 0.5) + 12) {
    toggle(node);
  }
  if (node) select(node);
});
addEventListener("pointermove", (event) => {
  if (drag && event.buttons !== 0) {
    view.move(((drag.from - event.clientX) / barsWidth()) * view.span);
    drag.from = event.clientX;
    redraw();
    return;
  }
  drag = null;
  const inside = area.contains(event.target);
  const node = inside ? nodeAt(event) : null;
  if (node !== state.hovered) redraw();
  state.hovered = node;
  showTip(node, event);
});
area.addEventListener("dblclick", (event) => zoomTo(nodeAt(event)));
area.addEventListener("pointerleave", () => { element("tip").hidden = true; });
area.addEventListener("scroll", redraw);

const overview = element("overview");
const centre = (event) => {
  if (event.buttons === 0) return;
  const time = view.first + (event.clientX / overview.clientWidth) * (view.last - view.first);
  view.move(time - (view.from + view.to) / 2);
  redraw();
};
overview.addEventListener("pointerdown", (event) => {
  overview.setPointerCapture(event.pointerId);
  centre(event);
});
overview.addEventListener("pointermove", centre);
overview.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.005));
}, { passive: false });

const KEYS = {
  "+": () => zoom(0.7),
  "=": () => zoom(0.7),
  "-": () => zoom(1 / 0.7),
  "0": () => { view.fit(); redraw(); },
  ArrowLeft: () => { view.move(-view.span * 0.1); redraw(); },
  ArrowRight: () => { view.move(view.span * 0.1); redraw(); },
  ArrowUp: () => select(state.rows[Math.max(0, (state.selected?.row ?? 1) - 1)]),
  ArrowDown: () => select(state.rows[Math.min(state.rows.length - 1, (state.selected?.row ?? -1) + 1)]),
  Enter: () => zoomTo(state.selected),
  " ": () => toggle(state.selected),
  c: toggleAll,
  "/": () => element("search").focus(),
  n: () => next(1),
  N: () => next(-1),
  "?": () => element("keys").togglePopover(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === element("search")) {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") area.focus();
    return;
  }
  const inButton = event.target instanceof HTMLButtonElement && (event.key === "Enter" || event.key === " ");
  const action = inButton ? null : KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (action) {
    event.preventDefault();
    action();
  }
});

element("search").addEventListener("input", (event) => find(event.target.value));
element("in").addEventListener("click", () => zoom(0.7));
element("out").addEventListener("click", () => zoom(1 / 0.7));
element("fit").addEventListener("click", () => KEYS["0"]());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  painter = new Painter(readColours());
  drawLegend();
  redraw();
});
new ResizeObserver(redraw).observe(area);

const title = roots.map((root) => root.name).join(", ") || "no jobs";
document.title = `${title} – Jobtree timeline`;
element("title").textContent = title;
element("title").title = title;
element("summary").textContent = [...summary(jobs, data), duration(view.last - view.first),
  new Date(data.startedAt).toLocaleString("sv")].join("  ·  ");
drawLegend();
draw();

// For tests, and for whoever looks with the browser's console.
window.timeline = { state, view, jobs, roots, duration, moment, ticks, find, next, draw, load };
