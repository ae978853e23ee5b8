// What the page came with, under the filters: rows of series that are off go, and numbers that can be
// told of a part are told of it.

const agrees = (series, needs) => Object.entries(needs).every(([name, value]) => series[name] === value);

function drawStatic() {
  const on = shown(), numbers = new Set(on.map(series => String(series.i)));
  for (const node of document.querySelectorAll('main [data-series]')) {
    if (node.matches('tr, li, details')) node.hidden = !numbers.has(node.dataset.series);
  }
  for (const node of document.querySelectorAll('main [data-of]')) {
    node.hidden = !JSON.parse(node.dataset.of).every(needs => on.some(series => agrees(series, needs)));
  }
  const part = !whole() || state.own;
  for (const section of document.querySelectorAll('main [data-whole]')) {
    let note = section.querySelector('.part');
    if (part && !note) section.querySelector('h2').after(note = el('p', { class: 'note part' }, 'This part is told of whole series: scenario, kind and probes do not change it.'));
    else if (note) note.hidden = !part;
  }
  drawFirst(part);
}

const WHO_LOST = { application: 'app', nobody: 'unknown' };

// The cells of the first table that depend on which probes count; Python's own words where all do.
function drawFirst(part) {
  const ends = added('ends').map(row => ({ ...row, end: word(row.more[0]) }));
  const outcomes = added('outcomes').map(row => ({ ...row, who: word(row.more[0]) }));
  for (const row of document.querySelectorAll('#first tbody tr')) {
    const i = Number(row.dataset.series), series = DATA.series[i];
    const recall = end => { const found = ends.find(one => one.series === i && one.end === end); return found ? percent(found.recall, 0) : '–'; };
    const found = part ? estimate(series) : null;
    const words = part && { nearly_empty: recall('nearly_empty'), near_full: recall('near_full'), onset: found ? found.words : 'not estimated', lost_by: lostBy(outcomes.filter(one => one.series === i)) };
    for (const node of row.querySelectorAll('[data-cell]')) {
      if (!INITIAL.has(node)) INITIAL.set(node, [...node.childNodes]);
      node.replaceChildren(...(part ? [words[node.dataset.cell]] : INITIAL.get(node)));
    }
  }
  $('first-part').hidden = !part;
  $('first-part').textContent = 'Recall, onset and losses of the part that the filters leave; cost and latency of whole series. The sentences below are of whole series too.';
}
const INITIAL = new Map();

function lostBy(rows) {
  const sums = new Map();
  for (const row of rows) if (!['recalled', 'partial'].includes(row.who)) sums.set(row.who, (sums.get(row.who) || 0) + row.n);
  const total = [...sums.values()].reduce((a, b) => a + b, 0);
  if (!total) return rows.length ? 'nobody' : '–';
  const [who, most] = [...sums].sort((a, b) => b[1] - a[1])[0], name = WHO_LOST[who] || who;
  return most === total ? name : `${name} ${Math.round(100 * most / total)} %`;
}
