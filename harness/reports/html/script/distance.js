// Recall against the tokens between fact and question: one panel a window.

function drawGap() {
  const rows = added('gap');
  $('legend').replaceChildren(...NAMES.filter(name => shown().some(series => series.name === name)).map(name =>
    el('span', {}, swatch({ name }), name)));
  $('gap-plots').replaceChildren(...panels(rows).map(panel => figure({
    title: [`window of ${count(panel.window)} tokens`],
    name: `Recall against distance, window of ${count(panel.window)} tokens`,
    draw: width => gapPanel(panel, width),
    key: () => panel.series.map(series => [svg('g', {}, ...swatch(series).childNodes), series.name]),
    rows: () => rawRows(panel.rows),
    table: () => tabled(['series', 'tokens away', 'recall>', '95 %>', 'n>'], panel.rows.map(row =>
      [DATA.series[row.series].name, `${tokens(row.from)} to ${row.to === null ? 'more' : tokens(row.to)}`, percent(row.recall), span(row.lo, row.hi), count(row.n)])),
  })));
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
  const lines = apart(panel.series.map(series => ({
    series, drawn: panel.rows.filter(row => row.series === series.i).map(row => [x(place(row)), y(row.recall)]),
  })));
  for (const { series, drawn } of lines) {
    const { colour, dash } = look(series);
    f.root.append(svg('path', { class: 'line', d: path(drawn), stroke: colour, 'stroke-dasharray': dash }));
  }
  const items = [];
  points(f, besides(panel.rows, row => x(place(row))), y, 'gap', items);
  roving(f.root, items);
  return f.root;
}
