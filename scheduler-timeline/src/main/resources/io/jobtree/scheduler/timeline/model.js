// What is shown: jobs as a tree, the rows that are unfolded, the part of time in view. No drawing here.

const NEVER = -1;

function readJobs(data) {
  const byId = new Map();
  const roots = new Map();
  for (const [id, parentId, scheduler, name, spawned, started, stopped, ended, outcome, detail] of data.jobs) {
    const parent = byId.get(parentId) ?? rootOf(roots, scheduler);
    const job = {
      id, name, spawned, started, stopped, ended, outcome, detail, parent, depth: parent.depth + 1,
      path: `${parent.path}/${name}`, children: [], folded: false, matches: false,
      end: ended === NEVER ? data.now : ended,
    };
    parent.children.push(job);
    byId.set(id, job);
  }
  return { roots: [...roots.values()], jobs: [...byId.values()] };
}

function rootOf(roots, name) {
  if (!roots.has(name)) {
    roots.set(name, { id: 0, name, path: name, depth: 0, parent: null, children: [], folded: false, matches: false });
  }
  return roots.get(name);
}

// Top down, children in the order of their spawn, none below a folded one. Not recursive: trees may be deep.
function unfoldedRows(roots) {
  const rows = [];
  const stack = [...roots].reverse();
  while (stack.length > 0) {
    const node = stack.pop();
    node.row = rows.length;
    rows.push(node);
    if (!node.folded) {
      for (let i = node.children.length - 1; i >= 0; i--) {
        stack.push(node.children[i]);
      }
    }
  }
  return rows;
}

// The part of time in view. A little room is left of the run, and right of it some for what stands beside bars.
class View {
  constructor(from, to) {
    this.first = from;
    this.last = Math.max(to, from + 1);
    this.leftmost = this.first - (this.last - this.first) * 0.02;
    this.rightmost = this.last + (this.last - this.first) * 0.1;
    this.fit();
  }

  fit() {
    this.from = this.leftmost;
    this.to = this.rightmost;
  }

  get span() { return this.to - this.from; }

  x(time, width) { return ((time - this.from) / this.span) * width; }

  time(x, width) { return this.from + (x / width) * this.span; }

  // Keeps the moment at `x` where it is.
  zoom(factor, x, width) {
    const at = this.time(x, width);
    // A view of one microsecond is finer than any clock.
    const span = Math.min(this.rightmost - this.leftmost, Math.max(1, this.span * factor));
    this.from = at - (x / width) * span;
    this.to = this.from + span;
    this.clamp();
  }

  move(by) {
    this.from += by;
    this.to += by;
    this.clamp();
  }

  show(from, to) {
    const margin = Math.max(1, (to - from) * 0.15);
    this.from = from - margin;
    this.to = to + margin;
    this.clamp();
  }

  clamp() {
    const span = Math.min(this.span, this.rightmost - this.leftmost);
    this.from = Math.max(this.leftmost, Math.min(this.from, this.rightmost - span));
    this.to = this.from + span;
  }
}

// Round moments, some hundred pixels apart.
function ticks(view, width) {
  const rough = (view.span * 110) / Math.max(width, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  const marks = [];
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    marks.push(at);
  }
  return { marks, step };
}

function duration(micros) {
  if (micros < 1000) return `${Math.round(micros)} µs`;
  if (micros < 1e6) return `${digits(micros / 1e3)} ms`;
  if (micros < 60e6) return `${digits(micros / 1e6)} s`;
  const seconds = Math.floor(micros / 1e6);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function digits(number) {
  return number < 10 ? number.toFixed(2) : number < 100 ? number.toFixed(1) : number.toFixed(0);
}

// A mark's place on the ruler, as exact as the marks are apart.
function moment(micros, step) {
  const [unit, size] = step >= 1e5 ? ["s", 1e6] : step >= 100 ? ["ms", 1e3] : ["µs", 1];
  const places = Math.max(0, -Math.floor(Math.log10(step / size) + 1e-9));
  return `${(micros / size).toFixed(Math.min(places, 6))} ${unit}`;
}

function facts(job, now) {
  const facts = [["outcome", job.detail ? `${job.outcome}: ${job.detail}` : job.outcome]];
  const started = job.started !== NEVER;
  facts.push(["pending", duration((started ? job.started : job.end) - job.spawned)]);
  if (started) {
    const stopped = job.stopped === NEVER ? job.end : job.stopped;
    facts.push(["body", duration(stopped - job.started)]);
    if (job.children.length > 0) {
      facts.push(["jobs below", `${job.children.length}, over ${duration(job.end - stopped)} after the body`]);
    }
  } else {
    facts.push(["body", "never ran"]);
  }
  facts.push(["spawned at", duration(job.spawned)]);
  return facts;
}

// Marks the jobs that have all words of the query in their path, outcome or failure; gives them.
function search(jobs, query) {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word);
  const found = [];
  for (const job of jobs) {
    const text = `${job.path} #${job.id} ${job.outcome} ${job.detail}`.toLowerCase();
    job.matches = words.length > 0 && words.every((word) => text.includes(word));
    if (job.matches) found.push(job);
  }
  return found;
}

// How many jobs were pending and running, in each of `count` equal parts of the run.
function load(jobs, view, count) {
  const pending = new Float64Array(count + 1);
  const running = new Float64Array(count + 1);
  const slot = (time) => Math.min(count, Math.max(0, Math.floor(((time - view.first) / (view.last - view.first)) * count)));
  for (const job of jobs) {
    const started = job.started === NEVER ? job.end : job.started;
    const stopped = job.stopped === NEVER ? job.end : job.stopped;
    pending[slot(job.spawned)]++;
    pending[slot(started)]--;
    if (job.started !== NEVER) {
      running[slot(started)]++;
      running[Math.min(count, slot(stopped) + 1)]--;
    }
  }
  let peak = 1;
  for (let i = 1; i <= count; i++) {
    pending[i] += pending[i - 1];
    running[i] += running[i - 1];
  }
  for (let i = 0; i < count; i++) {
    peak = Math.max(peak, running[i]);
  }
  return { pending, running, peak };
}

function summary(jobs, data) {
  const count = (outcome) => jobs.filter((job) => job.outcome === outcome).length;
  const parts = [`${jobs.length.toLocaleString("en")} job${jobs.length === 1 ? "" : "s"}`];
  for (const outcome of ["failed", "cancelled", "unfinished"]) {
    if (count(outcome) > 0) parts.push(`${count(outcome).toLocaleString("en")} ${outcome}`);
  }
  if (data.dropped > 0) parts.push(`${data.dropped.toLocaleString("en")} more not recorded`);
  return parts;
}
