// Who lost it: the probes of each step of fill, stacked by what became of them.

const FATES = [
  ['recalled', 'recalled', null],
  ['partial', 'recalled in part', null],
  ['application', 'lost by the application (evicted)', 'rising'],
  ['memory', 'lost in memory', 'dots'],
  ['server', 'dropped by the server', 'falling'],
  ['nobody', 'lost, and nobody can tell by whom', 'dots'],
  ['model', 'lost by the model', null],
];

// Patterns over the colours, so that the parts differ in grey too. Each drawing has its own.
let patterns = 0;
function hatches() {
  patterns += 1;
  const id = `h${patterns}`;
  const pattern = (name, ...marks) => svg('pattern', { id: `${id}${name}`, width: 6, height: 6, patternUnits: 'userSpaceOnUse' }, marks);
  const line = d => svg('path', { d, style: null, class: 'hatch', 'stroke-width': 1.1, fill: 'none' });
  const defs = svg('defs', {}, pattern('rising', line('M-1,1l2,-2M0,6l6,-6M5,7l2,-2')), pattern('falling', line('M-1,5l2,2M0,0l6,6M5,-1l2,2')),
    pattern('dots', svg('circle', { cx: 3, cy: 3, r: 1.1, class: 'dot' })));
  defs.querySelectorAll('.hatch').forEach(node => { node.style.stroke = 'var(--hatch)'; });
  defs.querySelectorAll('.dot').forEach(node => { node.style.fill = 'var(--hatch)'; });
  return [id, defs];
}

function block(id, fate, at) {
  const [name, , hatch] = fate;
  return [svg('rect', { ...at, class: 'seg', fill: `var(--o-${name})` }), hatch && svg('rect', { ...at, class: 'seg', fill: `url(#${id}${hatch})` })];
}

function drawOutcomes() {
  const rows = added('outcomes').map(row => ({ ...row, who: word(row.more[0]) }));
  const seen = FATES.filter(([name]) => rows.some(row => row.who === name));
  $('outcome-legend').replaceChildren(...seen.map(fate => {
    const [id, defs] = hatches();
    return el('span', {}, svg('svg', { width: 22, height: 14, 'aria-hidden': 'true' }, defs, block(id, fate, { x: 0, y: 0, width: 22, height: 14 })), fate[1]);
  }));
  $('outcome-plots').replaceChildren(...shown().map(series => {
    const mine = rows.filter(row => row.series === series.i);
    return mine.length && figure({
      title: [series.name, ' ', el('span', { class: 'dim' }, `${count(series.window)} tokens`)],
      name: `Who lost it, ${series.name}, ${count(series.window)} tokens`,
      draw: width => outcomePanel(series, mine, width),
      key: () => seen.map(fate => {
        const [id, defs] = hatches();
        return [svg('g', {}, defs, block(id, fate, { x: 0, y: 0, width: 22, height: 14 })), fate[1]];
      }),
      rows: () => mine.map(row => ({ series: series.name, window_limit: series.window, from: row.from, to: row.to, outcome: row.who, n: row.n, of: total(mine, row) })),
      table: () => tabled(['fill (%)', 'outcome', 'n>', 'of the step>'], mine.map(row => [span(row.from, row.to), FATES.find(fate => fate[0] === row.who)[1], count(row.n), percent(row.n / total(mine, row))])),
    });
  }).filter(Boolean));
}

const total = (rows, row) => rows.reduce((sum, one) => sum + (one.from === row.from ? one.n : 0), 0);

function outcomePanel(series, rows, width) {
  const f = frame(width, 214, { left: 46, right: 2, top: 6, bottom: 44 }, `Outcomes by fill, ${series.name}`);
  const steps = [...new Map(rows.map(row => [row.from, row])).values()].sort((a, b) => a.from - b.from);
  const wide = (f.right - f.left) / steps.length, y = f.scaleY(0, 1);
  axisY(f, y, 'probes (%)');
  const [id, defs] = hatches();
  f.root.append(defs);
  const items = [];
  steps.forEach((step, i) => {
    const n = total(rows, step);
    let below = 0;
    for (const fate of FATES) {
      const row = rows.find(one => one.from === step.from && one.who === fate[0]);
      if (!row) continue;
      const share = row.n / n, at = { x: f.left + i * wide + 1, y: y(below + share), width: wide - 2, height: Math.max(y(below) - y(below + share), 0.5) };
      below += share;
      const where = `fill ${span(step.from, step.to)} %`;
      const words = `${series.name}, ${count(series.window)} tokens\n${where}: ${fate[1]}\n${count(row.n)} of ${count(n)} (${percent(share)})`;
      const pick = { series: series.i, axis: 'outcome', from: step.from, to: step.to, who: fate[0] };
      const item = live(svg('g', { 'data-who': fate[0], 'data-n': row.n }, block(id, fate, at), svg('rect', { ...at, class: 'ring' })), words, () => choose(pick), same(pick));
      items.push(item);
      f.root.append(item);
    }
  });
  stepsX(f, steps.map(step => [step.from, step.to]), wide);
  roving(f.root, items);
  return f.root;
}
