// Recall against fill with band and onset, and recall against distance: one panel a window.

const HEIGHT = 270, ROW = 19;

function panels(rows) {
  const windows = [...new Set(shown().map(series => series.window))].sort((a, b) => a - b);
  return windows.map(window => ({
    window,
    series: shown().filter(series => series.window === window),
    rows: rows.filter(row => DATA.series[row.series].window === window),
  }));
}

function drawCurve() {
  const rows = added('fill');
  const plots = panels(rows).map(panel => figure(
    [`window of ${count(panel.window)} tokens`],
    width => curvePanel(panel, width),
    () => tabled(['series', 'fill (%)', 'tokens', 'recall>', '95 %>', 'n>'], panel.rows.map(row =>
      [DATA.series[row.series].name, span(row.from, row.to), tokenSpan(row, panel.window), percent(row.recall), span(row.lo, row.hi), count(row.n)]))));
  $('curve-plots').replaceChildren(...plots);
  $('legend').replaceChildren(...NAMES.filter(name => shown().some(series => series.name === name)).map(name =>
    el('span', {}, swatch({ name }), name)));
  const partly = !whole() && shown().some(series => !estimate(series));
  $('curve-note').textContent = (state.own ? 'Only probes whose fact was among what the model was shown. ' : '')
    + (partly ? 'Points with 95 % bars, joined: no onset is estimated for this part of the probes. '
      : 'Points: measured, with 95 % bars. Line and band: the estimated curve and its 95 % interval. Upright line: the onset; above, its 95 % interval. ')
    + 'Choose a point to read its records.';
}

function curvePanel(panel, width) {
  const found = panel.series.map(series => ({ series, estimate: estimate(series) }));
  const strip = found.some(one => one.estimate) ? found.length * ROW + 8 : 0;
  const f = frame(width, HEIGHT + strip + 54, { left: 46, right: 14, top: strip + 10, bottom: 44 }, `Recall against fill, window of ${count(panel.window)} tokens`);
  const far = Math.max(1, ...panel.rows.map(row => row.at));
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
  if (far > 1) f.root.append(svg('line', { class: 'full', x1: x(1), x2: x(1), y1: f.top, y2: f.bottom }), svg('text', { x: x(1) + 5, y: f.bottom - 6 }, 'window full'));
  found.forEach(({ series, estimate: one }, i) => {
    const { colour, dash } = look(series);
    if (one) onset(f, x, series, one, ROW * i + 11, far);
    const mine = panel.rows.filter(row => row.series === series.i);
    const line = one && one.curve.length ? one.curve : mine.map(row => [row.at, row.recall, row.recall, row.recall]);
    if (one && one.curve.length && found.length <= 4) {
      const edge = [...line.map(p => [x(p[0]), y(p[3])]), ...[...line].reverse().map(p => [x(p[0]), y(p[2])])];
      f.root.append(svg('path', { class: 'band', d: `${path(edge)}z`, fill: colour }));
    }
    f.root.append(svg('path', { class: 'line', 'data-series': series.i, d: path(line.map(p => [x(p[0]), y(p[1])])), stroke: colour, 'stroke-dasharray': dash }));
  });
  const items = [];
  points(f, panel.rows, row => x(row.at), y, 'fill', 'fill', items);
  roving(f.root, items);
  return f.root;
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

// One line above the panel: where the onset lies and how surely, in numbers beside it.
function onset(f, x, series, one, top, far) {
  const { colour, dash, mark: kind } = look(series);
  const detected = one.at !== null;
  const fine = detected && one.at < 0.1 ? 1 : 0;
  const inTokens = detected && inOctaves(series.window) ? `, ${short3(one.at * series.window)} tokens` : '';
  const words = detected ? `${percent(one.at, fine)} (${span(one.lo, one.hi, fine)})${inTokens}`
    : { not_reached: 'not reached', cannot_tell: 'cannot tell', before: `before ${short3(series.base * series.window)} tokens`, floor: 'poor from the start', insufficient: 'cannot tell' }[one.verdict] || one.verdict;
  const right = detected ? Math.min(one.hi === null ? far : one.hi, far) : 0;
  const node = svg('g', { class: 'found', 'data-series': series.i, 'data-onset': detected ? one.at : null });
  if (detected) {
    node.append(
      svg('line', { class: 'onset', x1: x(one.at), x2: x(one.at), y1: top, y2: f.bottom, stroke: colour, 'stroke-dasharray': dash || '1 0' }),
      svg('line', { class: 'reach', x1: x(one.lo || 0), x2: x(right), y1: top, y2: top, stroke: colour }), mark(kind, x(one.at), top, 4.5, colour));
  } else node.append(mark(kind, f.left + 4, top, 4.5, colour));
  const end = detected ? x(right) + 10 : f.left + 14;
  const turned = detected && end + 90 > f.right;
  node.append(svg('text', { class: 'label', x: turned ? x(one.lo || 0) - 10 : end, y: top + 4, 'text-anchor': turned ? 'end' : 'start' }, `onset ${words}`));
  node.append(svg('title', {}, `${series.name}: ${one.message}`));
  f.root.append(node);
}

function drawGap() {
  const rows = added('gap');
  $('gap-plots').replaceChildren(...panels(rows).map(panel => figure(
    [`window of ${count(panel.window)} tokens`],
    width => gapPanel(panel, width),
    () => tabled(['series', 'tokens away', 'recall>', '95 %>', 'n>'], panel.rows.map(row =>
      [DATA.series[row.series].name, `${tokens(row.from)} to ${row.to === null ? 'more' : tokens(row.to)}`, percent(row.recall), span(row.lo, row.hi), count(row.n)])))));
}

function gapPanel(panel, width) {
  const f = frame(width, 264, { left: 46, right: 14, top: 10, bottom: 44 }, `Recall against distance, window of ${count(panel.window)} tokens`);
  const place = row => Math.log2(Math.max(row.at, 128));
  const places = panel.rows.map(place);
  const low = Math.floor(Math.min(8, ...places)), high = Math.ceil(Math.max(low + 3, ...places));
  const x = f.scaleX(low, high), y = f.scaleY(0, 1);
  const every = (high - low) * 44 > width - 60 ? 2 : 1;
  axisX(f, x, Array.from({ length: high - low + 1 }, (_, i) => i).filter(i => i % every === 0).map(i => [low + i, tokens(2 ** (low + i))]), 'tokens between fact and question');
  axisY(f, y, 'recall (%)');
  for (const series of panel.series) {
    const { colour, dash } = look(series);
    const mine = panel.rows.filter(row => row.series === series.i);
    f.root.append(svg('path', { class: 'line', d: path(mine.map(row => [x(place(row)), y(row.recall)])), stroke: colour, 'stroke-dasharray': dash }));
  }
  const items = [];
  points(f, panel.rows, row => x(place(row)), y, 'gap', 'gap', items);
  roving(f.root, items);
  return f.root;
}
