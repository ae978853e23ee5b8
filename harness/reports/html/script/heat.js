// Recall by fill and position: a cell a bin, dark where recall is low, with its value and its n.

const CIVIDIS = STYLE.ramp;

function cividis(value) {
  const at = clamp(value, 0, 1) * (CIVIDIS.length - 1), i = Math.min(Math.floor(at), CIVIDIS.length - 2);
  const parts = [1, 3, 5].map(j => {
    const [a, b] = [CIVIDIS[i], CIVIDIS[i + 1]].map(colour => parseInt(colour.slice(j, j + 2), 16));
    return Math.round(a + (b - a) * (at - i));
  });
  return `rgb(${parts.join(',')})`;
}

function drawRamp() {
  $('ramp').replaceChildren('recall 0 %', svg('svg', { width: 132, height: 12, 'aria-hidden': 'true' },
    CIVIDIS.map((_, i) => svg('rect', { x: 11 * i, y: 0, width: 11, height: 12, fill: cividis(i / 11) }))), '100 %');
}

function drawHeat() {
  const rows = added('cells');
  const plots = shown().map(series => {
    const mine = rows.filter(row => row.series === series.i);
    // Bins are those of the window, and the same for all series of one.
    const alike = rows.filter(row => DATA.series[row.series].window === series.window);
    const fills = [...new Map(alike.map(row => [row.from, [row.from, row.to]])).values()].sort((a, b) => a[0] - b[0]);
    return mine.length && figure({
      title: [series.name, ' ', el('span', { class: 'dim' }, `${count(series.window)} tokens`)],
      name: `Recall by fill and position, ${series.name}, ${count(series.window)} tokens`,
      draw: width => heatPanel(series, mine, fills, width),
      rows: () => mine.map(row => ({ ...rawRows([row])[0], position_from: row.more[0], position_to: Math.round(10 * row.more[0] + 2) / 10 })),
      table: () => tabled(['fill (%)', 'tokens', 'position (%)', 'recall>', '95 %>', 'n>'], mine.map(row =>
        [span(row.from, row.to), tokenSpan(row, series.window), span(row.more[0], row.more[0] + 0.2), percent(row.recall), span(row.lo, row.hi), count(row.n)])),
    });
  });
  $('heat-plots').replaceChildren(...plots.filter(Boolean));
}

function heatPanel(series, rows, fills, width) {
  const tall = 36, f = frame(width, 5 * tall + 54, { left: 62, right: 2, top: 4, bottom: 50 }, `Recall by fill and position, ${series.name}`);
  const wide = (f.right - f.left) / fills.length;
  stepsX(f, fills, wide, series.window);
  f.root.append(svg('text', { transform: `translate(11 ${(f.top + f.bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle' }, 'position (%)'));
  const items = [], [id, defs] = hatches();
  f.root.append(defs);
  for (let place = 0; place < 5; place += 1) {
    const y = f.top + place * tall;
    f.root.append(svg('text', { x: f.left - 6, y: y + tall / 2 + 4, 'text-anchor': 'end' }, `${20 * place}–${20 * place + 20}`));
    fills.forEach(([from], i) => {
      const row = rows.find(one => one.from === from && Math.round(5 * one.more[0]) === place);
      const at = { x: f.left + i * wide, y, width: wide, height: tall };
      if (row) items.push(heatCell(series, row, place, at, f.root, id));
      else f.root.append(svg('rect', { ...at, class: 'cell blank' }));
    });
  }
  roving(f.root, items);
  return f.root;
}

function heatCell(series, row, place, at, root, id) {
  // Few probes say little: such a cell is pale and hatched, its value thin, in brackets where there is room.
  const few = row.n < STYLE.few, value = Math.round(100 * row.recall);
  const ink = few ? 'var(--ink)' : row.recall < STYLE.dark ? '#ffffff' : '#101418', middle = at.x + at.width / 2;
  const where = `fill ${span(row.from, row.to)} %, position ${20 * place}–${20 * place + 20} %`;
  const words = `${series.name}, ${count(series.window)} tokens\n${where}: recall ${percent(row.recall)}\n95 % ${span(row.lo, row.hi)} %, n ${count(row.n)}${few ? ': too few to rely on' : ''}`;
  const pick = { series: row.series, axis: 'cell', from: row.from, to: row.to, place };
  const roomy = at.width >= 34;
  const item = live(svg('g', { 'data-cell': `${row.from}|${place}`, 'data-series': row.series, 'data-n': row.n, 'data-few': few },
    few && svg('rect', { ...at, class: 'cell blank' }),
    svg('rect', { ...at, class: 'cell', fill: cividis(row.recall), opacity: few ? STYLE.fewOpacity : null }),
    few && svg('rect', { ...at, fill: `url(#${id}rising)`, opacity: 0.28 }),
    svg('text', { class: few ? 'value thin' : 'value', x: middle, y: at.y + at.height / 2 + (roomy ? -1 : 4), fill: ink, 'font-size': at.width < 26 ? 10 : 12 }, few && roomy ? `(${value})` : value),
    roomy && svg('text', { class: 'n', x: middle, y: at.y + at.height / 2 + 11, fill: ink }, `n ${row.n}`),
    svg('rect', { ...at, class: 'ring' })), words, () => choose(pick), same(pick));
  item.querySelectorAll('text').forEach(text => { text.style.fill = ink; });
  root.append(item);
  return item;
}
