// How it is drawn. Only what is in view: as many rows as fit on the screen, however many jobs there are.

const ROW = 22;
const BAR = 12;
const RULER = 26;
const INDENT = 14;
const SIGNS = { succeeded: "", failed: "✕", cancelled: "⊘", unfinished: "…" };

function readColours() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const colours = {};
  for (const name of ["page", "panel", "line", "guide", "text", "muted", "hover", "selected", "accent", "match",
    "succeeded", "failed", "cancelled", "unfinished"]) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours;
}

function prepare(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const to = canvas.getContext("2d");
  to.setTransform(ratio, 0, 0, ratio, 0, 0);
  to.textBaseline = "middle";
  return to;
}

class Painter {
  constructor(colours) {
    this.colours = colours;
    this.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    this.hatch = this.stripes(colours.failed);
  }

  stripes(colour) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const to = tile.getContext("2d");
    to.fillStyle = colour;
    to.fillRect(0, 0, 6, 6);
    to.strokeStyle = this.colours.page;
    to.globalAlpha = 0.55;
    to.lineWidth = 1.5;
    for (const shift of [-6, 0, 6]) {
      to.beginPath();
      to.moveTo(shift, 6);
      to.lineTo(shift + 6, 0);
      to.stroke();
    }
    return to.createPattern(tile, "repeat");
  }

  // A bar: pending, body, and the time in which the jobs below it went on. Gives where the body is.
  bar(to, job, y, x, left, right) {
    const clip = (time) => Math.min(right + 40, Math.max(left - 40, x(time)));
    const started = job.started === NEVER ? job.end : job.started;
    const stopped = job.stopped === NEVER ? job.end : job.stopped;
    const [x0, x1, x2, x3] = [job.spawned, started, stopped, job.end].map(clip);
    const colour = this.colours[job.outcome];
    const top = y + (ROW - BAR) / 2;
    to.fillStyle = colour;
    to.strokeStyle = colour;
    to.globalAlpha *= 0.35;
    to.fillRect(x0, top + BAR / 2 - 2, Math.max(x1 - x0, job.started === NEVER ? 2 : 0), 4);
    if (job.started !== NEVER && x3 > x2) {
      to.fillRect(x2, top + 3, x3 - x2, BAR - 6);
    }
    to.globalAlpha /= 0.35;
    if (job.started !== NEVER) {
      this.body(to, job, x1, top, Math.max(2, x2 - x1));
    }
    return { x: x0, y: top, width: Math.max(2, x3 - x0), height: BAR };
  }

  body(to, job, x, y, width) {
    to.beginPath();
    to.roundRect(x, y, width, BAR, Math.min(3, width / 2));
    if (job.outcome === "cancelled") {
      to.save();
      to.globalAlpha *= 0.15;
      to.fill();
      to.restore();
      to.lineWidth = 1.2;
      to.setLineDash([3, 2]);
      to.stroke();
      to.setLineDash([]);
      return;
    }
    to.fillStyle = job.outcome === "failed" ? this.hatch : this.colours[job.outcome];
    if (job.outcome === "unfinished") {
      const fade = to.createLinearGradient(x + width - Math.min(width, 40), 0, x + width, 0);
      fade.addColorStop(0, this.colours.unfinished);
      fade.addColorStop(1, "transparent");
      to.fillStyle = fade;
    }
    to.fill();
  }

  // What stands right of a bar: its sign, and how long it took.
  label(to, job, box, y, left, right) {
    const sign = SIGNS[job.outcome];
    const text = `${sign}${sign ? " " : ""}${duration(job.end - job.spawned)}`;
    const end = box.x + box.width;
    if (end < left || box.x > right) {
      to.fillStyle = this.colours.muted;
      to.textAlign = end < left ? "left" : "right";
      to.fillText(end < left ? "‹" : "›", end < left ? left + 4 : right - 4, y + ROW / 2);
      to.textAlign = "left";
      return;
    }
    const width = to.measureText(text).width;
    const at = Math.min(end + 6, right - width - 6);
    if (at < end) {
      to.fillStyle = this.colours.page;
      to.globalAlpha *= 0.8;
      to.fillRect(at - 3, y + 4, width + 6, ROW - 8);
      to.globalAlpha /= 0.8;
    }
    to.fillStyle = sign ? this.colours[job.outcome] : this.colours.muted;
    to.fillText(text, at, y + ROW / 2);
  }

  name(to, node, y, width) {
    const indent = Math.min(node.depth * INDENT, width * 0.5);
    const x = 10 + indent;
    this.guides(to, node, y, indent);
    if (node.children.length > 0) {
      to.fillStyle = this.colours.muted;
      to.fillText(node.folded ? "▸" : "▾", x, y + ROW / 2);
    }
    to.fillStyle = this.colours.text;
    to.font = node.id === 0 ? `600 ${this.font}` : this.font;
    const count = node.folded ? `  ${node.children.length.toLocaleString("en")}` : "";
    to.fillText(fitted(to, node.name, width - x - 24 - to.measureText(count).width) + count, x + 14, y + ROW / 2);
  }

  guides(to, node, y, indent) {
    to.fillStyle = this.colours.line;
    for (let depth = 1, x = INDENT; depth < node.depth && x < indent; depth++, x += INDENT) {
      to.fillRect(10 + x + 3, y, 1, ROW);
    }
  }
}

// Short enough for a width, with its end cut off.
function fitted(to, text, width) {
  if (width <= 0) return "";
  let shown = text.length > 400 ? text.slice(0, 400) : text;
  if (shown === text && to.measureText(shown).width <= width) return shown;
  let low = 0;
  let high = shown.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (to.measureText(`${shown.slice(0, middle)}…`).width <= width) low = middle; else high = middle - 1;
  }
  return `${shown.slice(0, low)}…`;
}
