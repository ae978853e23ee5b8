// Draws everything, and again when a filter or the width changes.

function drawAll() {
  tip.hide();
  drawn.length = 0;
  drawFilters();
  drawStatic();
  drawCurve();
  drawHeat();
  drawOutcomes();
  drawGap();
  drawn.forEach(again => again());
  drawChanged();
  drawRecords();
  keepAddress();
}

function changed() {
  Object.assign(state, { page: 0, changePage: 0, record: null, opened: false });
  if (state.pick && !isOn(DATA.series[state.pick.series])) state.pick = null;
  drawAll();
}

// Everything that is made of the data once: again when there are newer ones.
function begin() {
  document.querySelectorAll('#first [data-series], .answer').forEach(one => swatch(DATA.series[one.dataset.series], one.querySelector('.swatch')));
  drawRamp();
  makeSearch();
  makeChanged();
  copyButtons();
  drawAll();
}

taken();
takeSides();
readAddress();
begin();
if (state.opened || state.pick) $('records').scrollIntoView();

let waiting = 0;
new ResizeObserver(() => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => drawn.forEach(again => again()));
}).observe(document.querySelector('main'));

addEventListener('beforeprint', () => drawn.forEach(again => again(true)));
addEventListener('afterprint', () => drawn.forEach(again => again()));
addEventListener('hashchange', () => { if (location.hash.slice(1) !== address() && readAddress()) { makeChanged(); drawAll(); } });
addEventListener('keydown', event => {
  if (event.key === 'Escape') tip.hide();
  if (event.key === '/' && !event.target.closest('input, select, textarea')) { event.preventDefault(); $('find').focus(); }
});
