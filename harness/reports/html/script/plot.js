// What figures share: their frame, axes, marks, and the table under each.

const drawn = [];

// Widths at which figures are drawn for paper, two or three of them side by side: so their words
// stay as large as the text beside them.
const PAPER_WIDE = 430, PAPER = 320;

// A figure that is drawn again when its width changes, with what can be taken from it below.
function figure({ title, name, draw, rows, table, key }) {
  const box = el('figure', {}, el('figcaption', {}, title));
  const holder = el('div', {});
  box.append(holder);
  const again = (paper = false) => {
    const width = paper ? box.closest('.wide') ? PAPER_WIDE : PAPER : Math.max(280, Math.floor(box.clientWidth || 340));
    if (box.dataset.width === String(width)) return;
    box.dataset.width = width;
    holder.replaceChildren(draw(width));
  };
  box.append(el('div', { class: 'tools' }, el('details', { class: 'numbers', ontoggle: event => {
    if (event.target.open && event.target.children.length === 1) {
      const shownTable = table();
      event.target.append(shownTable, el('p', {}, copier('Copy table', () => copied(shownTable.querySelector('table')))));
    }
  } }, el('summary', {}, 'As a table')), savers({ drawing: () => holder.firstChild, title: () => name, key, rows })));
  drawn.push(again);
  return box;
}

// Widths of words, and words in the width that there is: what is too long loses its middle.
const ruler = document.createElement('canvas').getContext('2d');
function measure(words) {
  ruler.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(words).width;
}
function fitted(words, room) {
  if (measure(words) <= room) return words;
  let kept = words.length - 1;
  const cut = n => `${words.slice(0, Math.ceil(n / 2))}…${words.slice(words.length - Math.floor(n / 2))}`;
  while (kept > 2 && measure(cut(kept)) > room) kept -= 1;
  return cut(kept);
}

function tabled(header, rows) {
  const is = i => header[i].endsWith('>') ? 'num' : null;
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'The figure as a table' }, el('table', {},
    el('thead', {}, el('tr', {}, header.map((name, i) => el('th', { class: is(i) }, name.replace('>', ''))))),
    el('tbody', {}, rows.map(row => el('tr', {}, row.map((value, i) => el('td', { class: is(i) }, String(value))))))));
}

// A frame with axes; `x` and `y` are scales from values to pixels.
function frame(width, height, margin, label) {
  const root = svg('svg', { class: 'plot', viewBox: `0 0 ${width} ${height}`, height, role: 'group', 'aria-label': label });
  const inner = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
  return { root, ...inner, scaleX: (from, to) => v => inner.left + (v - from) / (to - from) * (inner.right - inner.left),
    scaleY: (from, to) => v => inner.bottom - (v - from) / (to - from) * (inner.bottom - inner.top) };
}

function axisX(f, x, ticks, title) {
  for (const [value, text] of ticks) {
    f.root.append(svg('line', { class: 'grid', x1: x(value), x2: x(value), y1: f.top, y2: f.bottom }),
      svg('text', { x: x(value), y: f.bottom + 16, 'text-anchor': 'middle' }, text));
  }
  f.root.append(svg('text', { x: (f.left + f.right) / 2, y: f.bottom + 34, 'text-anchor': 'middle' }, title));
}

// Steps of fill side by side: their ranges, or where there is no room the upper ends.
function stepsX(f, steps, wide, window) {
  const roomy = wide >= 38, octaves = window !== undefined && inOctaves(window);
  const upTo = value => octaves ? short3(value * window) : short(value);
  steps.forEach(([from, to], i) => f.root.append(svg('text', { x: f.left + (i + 0.5) * wide, y: f.bottom + 15, 'text-anchor': 'middle', 'font-size': roomy ? 11 : 10 },
    to === null ? `>${upTo(from)}` : roomy && !octaves ? span(from, to) : upTo(to))));
  f.root.append(svg('text', { x: (f.left + f.right) / 2, y: f.bottom + 33, 'text-anchor': 'middle' },
    octaves ? 'tokens in the window, up to' : `fill of the window${roomy ? '' : ', up to'} (%)`));
}

function axisY(f, y, title) {
  for (const value of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    f.root.append(svg('line', { class: 'grid', x1: f.left, x2: f.right, y1: y(value), y2: y(value) }),
      svg('text', { x: f.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, Math.round(100 * value)));
  }
  f.root.append(svg('text', { transform: `translate(12 ${(f.top + f.bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle' }, title));
}

function mark(kind, x, y, r, colour) {
  const at = { class: 'mark', fill: colour };
  const d = {
    square: `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    triangle: `M${x},${y - 1.25 * r}l${1.2 * r},${2.1 * r}h${-2.4 * r}z`,
    down: `M${x},${y + 1.25 * r}l${1.2 * r},${-2.1 * r}h${-2.4 * r}z`,
    diamond: `M${x},${y - 1.35 * r}l${1.35 * r},${1.35 * r}l${-1.35 * r},${1.35 * r}l${-1.35 * r},${-1.35 * r}z`,
    cross: `M${x - r},${y - 0.4 * r}h${0.6 * r}v${-0.6 * r}h${0.8 * r}v${0.6 * r}h${0.6 * r}v${0.8 * r}h${-0.6 * r}v${0.6 * r}h${-0.8 * r}v${-0.6 * r}h${-0.6 * r}z`,
  }[kind];
  return d ? svg('path', { ...at, d }) : svg('circle', { ...at, cx: x, cy: y, r });
}

function swatch(series, node) {
  const { colour, dash, mark: kind } = look(series);
  return put(node || svg('svg', { class: 'swatch', width: 34, height: 14, 'aria-hidden': 'true' }), {}, [
    svg('line', { x1: 0, x2: 34, y1: 7, y2: 7, stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dash }), mark(kind, 17, 7, 4.5, colour),
  ]);
}

const path = points => points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)},${y.toFixed(1)}`).join('');

// Points of several series at one place stand side by side.
function besides(rows, place) {
  const placed = rows.map(row => ({ row, x: place(row), of: 1, i: 0 }));
  for (const one of placed) {
    const near = placed.filter(other => Math.abs(other.x - one.x) < 1.2 * STYLE.pointStep);
    const order = [...new Set(near.map(other => other.row.series))].sort((a, b) => a - b);
    one.shift = (order.indexOf(one.row.series) - (order.length - 1) / 2) * STYLE.pointStep;
  }
  return placed;
}

const rowWords = (axis, row) => axis === 'gap' ? `${tokens(row.from)} to ${row.to === null ? 'more' : tokens(row.to)} tokens away` : `fill ${span(row.from, row.to)} %`;

// What was chosen, in words.
function pickWords(pick) {
  const series = DATA.series[pick.series];
  const more = pick.axis === 'cell' ? `, position ${20 * pick.place}–${20 * pick.place + 20} %` : pick.axis === 'outcome' ? `, ${FATES.find(fate => fate[0] === pick.who)[1]}` : '';
  return `${series.name}, ${count(series.window)} tokens, ${rowWords(pick.axis, pick)}${more}`;
}

// Points of recall with their bars, each of them a door to its records.
function points(f, placed, y, axis, items) {
  for (const { row, x: middle, shift } of placed) {
    const series = DATA.series[row.series], { colour, mark: kind } = look(series), x = middle + shift;
    const words = `${series.name}, ${count(series.window)} tokens\n${rowWords(axis, row)}: recall ${percent(row.recall)}\n95 % ${span(row.lo, row.hi)} %, n ${count(row.n)}`;
    const pick = { series: row.series, axis, from: row.from, to: row.to, ...(axis === 'fill' ? { level: row.more[0] } : {}) };
    const item = live(svg('g', { 'data-series': row.series, 'data-n': row.n, 'data-recall': row.recall, 'data-lo': row.lo, 'data-hi': row.hi },
      svg('line', { class: 'bar', x1: x, x2: x, y1: y(row.lo), y2: y(row.hi), stroke: colour }),
      mark(kind, x, y(row.recall), 4.5, colour), svg('circle', { class: 'ring', cx: x, cy: y(row.recall), r: 9 }),
      svg('circle', { class: 'hit', cx: x, cy: y(row.recall), r: 12 })), words, () => choose(pick), same(pick));
    items.push(item);
    f.root.append(item);
  }
}
