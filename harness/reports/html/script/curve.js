// Recall against fill with band and onset: one panel a window. What is said of a series stands above
// the panel in lines of its own, so that no line of the curve crosses a word.

const HEIGHT = 262, ROW = 20, REACH = 9;

function panels(rows) {
  const windows = [...new Set(shown().map(series => series.window))].sort((a, b) => a - b);
  return windows.map(window => ({
    window,
    series: shown().filter(series => series.window === window),
    rows: rows.filter(row => DATA.series[row.series].window === window),
  }));
}

// Rows of a curve as a file has them: fractions as they are.
const rawRows = rows => rows.map(row => {
  const { name, window } = DATA.series[row.series];
  return { series: name, window_limit: window, from: row.from, to: row.to, at: row.at, n: row.n, recall: row.recall, lo: row.lo, hi: row.hi };
});

function drawCurve() {
  const rows = added('fill');
  const plots = panels(rows).map(panel => figure({
    title: [`window of ${count(panel.window)} tokens`],
    name: `Recall against fill, window of ${count(panel.window)} tokens`,
    draw: width => curvePanel(panel, width),
    rows: () => rawRows(panel.rows),
    table: () => tabled(['series', 'fill (%)', 'tokens', 'recall>', '95 %>', 'n>'], panel.rows.map(row =>
      [DATA.series[row.series].name, span(row.from, row.to), tokenSpan(row, panel.window), percent(row.recall), span(row.lo, row.hi), count(row.n)])),
  }));
  $('curve-plots').replaceChildren(...plots);
  const partly = !whole() && shown().some(series => !estimate(series));
  $('curve-note').textContent = (state.own ? 'Only probes whose fact was among what the model was shown. ' : '')
    + (partly ? 'Points with 95 % bars, joined: no onset is estimated for this part of the probes. '
      : 'Points: measured, with 95 % bars. Line and band: the estimated curve and its 95 % interval; where none can be told the points are joined. Upright line: the onset; the bar above, its 95 % interval. ')
    + 'Choose a point to read its records.';
}

function curvePanel(panel, width) {
  const found = panel.series.map(series => ({ series, estimate: estimate(series) }));
  const heads = headRows(found, width), strip = found.some(one => reaches(one)) ? found.length * REACH + 6 : 0;
  const far = Math.max(1, ...panel.rows.map(row => row.at)), over = far > 1 ? 16 : 0;
  const top = heads.height + strip + over + 8;
  const f = frame(width, top + HEIGHT - 54 + 44, { left: 46, right: 14, top, bottom: 44 }, `Recall against fill, window of ${count(panel.window)} tokens`);
  const octaves = inOctaves(panel.window);
  const x = octaves ? octaveScale(f, base(panel), far) : f.scaleX(0, far), y = f.scaleY(0, 1);
  if (octaves) axisX(f, x, octaveTicks(panel.window, base(panel), far, width), 'tokens in the window, in octaves');
  else {
    const step = width < 420 ? 0.2 : 0.1;
    const ticks = Array.from({ length: Math.floor(far / step + 1e-9) + 1 }, (_, i) => [i * step, String(Math.round(100 * i * step))]);
    axisX(f, x, ticks, 'fill of the window (%)');
  }
  axisY(f, y, 'recall (%)');
  f.root.append(svg('line', { class: 'axis', x1: f.left, x2: f.right, y1: f.bottom, y2: f.bottom }));
  if (over) f.root.append(svg('line', { class: 'full', x1: x(1), x2: x(1), y1: f.top, y2: f.bottom }), svg('text', { x: x(1), y: f.top - 7, 'text-anchor': 'end' }, 'window full ↓'));
  f.root.append(...heads.nodes);
  const lines = apart(found.map(({ series, estimate: one }) => {
    const mine = panel.rows.filter(row => row.series === series.i);
    const points = one && one.curve.length ? one.curve : mine.map(row => [row.at, row.recall, row.recall, row.recall]);
    return { series, one, points, drawn: points.map(p => [x(p[0]), y(p[1])]) };
  }));
  lines.forEach((line, i) => curveLine(f, x, y, line, heads.height + REACH * i + 6, found.length, far));
  const items = [];
  points(f, besides(panel.rows, row => x(row.at)), y, 'fill', items);
  roving(f.root, items);
  return f.root;
}

const reaches = ({ estimate: one }) => one && one.at !== null;

// A line for each series: mark, name, and its onset in words at the right, or below where it is narrow.
function headRows(found, width) {
  const words = found.map(({ estimate: one }) => one ? `onset ${one.words}` : '');
  const two = found.some(({ series }, i) => measure(series.name) + measure(words[i]) + 60 > width);
  const high = two ? 2 * ROW - 4 : ROW;
  const nodes = found.map(({ series, estimate: one }, i) => {
    const y = i * high + 13;
    return svg('g', { class: 'head', 'data-series': series.i, 'data-onset': one && one.at },
      svg('g', { transform: `translate(0 ${y - 11})` }, ...swatch(series).childNodes),
      svg('text', { class: 'label', x: 42, y }, fitted(series.name, width - 44 - (two ? 0 : measure(words[i]) + 14))),
      words[i] && svg('text', { class: 'label', x: two ? 42 : width, y: two ? y + 16 : y, 'text-anchor': two ? 'start' : 'end' }, fitted(words[i], width - 44)),
      svg('title', {}, one ? `${series.name}: ${one.message}` : series.name));
  });
  return { nodes, height: found.length * high + 6 };
}

function curveLine(f, x, y, { series, one, points: line, drawn, shift }, at, many, far) {
  const { colour, dash, mark: kind } = look(series);
  if (reaches({ estimate: one })) {
    const right = Math.min(one.hi === null ? far : one.hi, far);
    f.root.append(svg('g', { class: 'found', 'data-series': series.i, 'data-onset': one.at },
      svg('line', { class: 'onset', x1: x(one.at), x2: x(one.at), y1: f.top, y2: f.bottom, stroke: colour, 'stroke-dasharray': dash || '1 0' }),
      svg('line', { class: 'reach', x1: x(one.lo || 0), x2: x(right), y1: at, y2: at, stroke: colour }), mark(kind, x(one.at), at, 3.5, colour),
      svg('title', {}, `${series.name}: ${one.message}`)));
  }
  if (one && one.curve.length && many <= STYLE.crowd) {
    const edge = [...line.map(p => [x(p[0]), y(p[3])]), ...[...line].reverse().map(p => [x(p[0]), y(p[2])])];
    f.root.append(svg('path', { class: 'band', d: `${path(edge)}z`, fill: colour }));
  }
  f.root.append(svg('path', { class: 'line', 'data-series': series.i, 'data-shift': shift, d: path(drawn), stroke: colour, 'stroke-dasharray': dash }));
}

// Lines that lie on one another are drawn side by side, each a little beside where it is.
function apart(lines) {
  const height = (drawn, x) => {
    const i = drawn.findIndex(point => point[0] >= x);
    if (i < 0 || (i === 0 && drawn[0][0] > x + 1)) return null;
    if (i === 0) return drawn[0][1];
    const [[x0, y0], [x1, y1]] = [drawn[i - 1], drawn[i]];
    return y0 + (y1 - y0) * (x - x0) / Math.max(x1 - x0, 1e-9);
  };
  const alike = (a, b) => {
    const gaps = a.drawn.map(([x, y]) => [y, height(b.drawn, x)]).filter(([, other]) => other !== null).map(([y, other]) => Math.abs(y - other));
    return gaps.length > 0 && gaps.filter(gap => gap < 2.5).length > 0.8 * gaps.length;
  };
  const bundles = [];
  for (const line of lines) {
    const bundle = bundles.find(held => alike(line, held[0]));
    if (bundle) bundle.push(line); else bundles.push([line]);
  }
  for (const bundle of bundles) bundle.forEach((line, i) => {
    line.shift = (i - (bundle.length - 1) / 2) * STYLE.lineStep;
    line.drawn = line.drawn.map(([x, y]) => [x, y + line.shift]);
  });
  return lines;
}

// The end of the nearly empty window: an axis of octaves begins an octave below it.
function base(panel) {
  return Math.min(...panel.series.map(series => series.base));
}

function octaveScale(f, from, far) {
  const low = Math.log2(from / 2), scale = f.scaleX(low, Math.log2(far));
  return fill => scale(Math.max(Math.log2(Math.max(fill, 1e-9)), low));
}

function octaveTicks(window, from, far, width) {
  const low = Math.ceil(Math.log2(from / 2 * window / 1000) - 1e-9), high = Math.floor(Math.log2(far * window / 1000) + 1e-9);
  const every = Math.max(1, Math.ceil((high - low + 1) * 46 / Math.max(width - 60, 1)));
  return Array.from({ length: high - low + 1 }, (_, i) => low + i).filter(i => (high - i) % every === 0).map(i => [2 ** i * 1000 / window, short3(2 ** i * 1000)]);
}
