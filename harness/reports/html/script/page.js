// Draws everything, and again when a filter or the width changes.

function drawAll() {
  tip.hide();
  drawn.length = 0;
  drawFilters();
  drawCurve();
  drawHeat();
  drawOutcomes();
  drawGap();
  drawn.forEach(again => again());
  drawRecords();
}

function changed() {
  state.page = 0;
  if (state.pick && !isOn(DATA.series[state.pick.series])) state.pick = null;
  drawAll();
}

document.querySelectorAll('.answer').forEach(one => swatch(DATA.series[one.dataset.series], one.querySelector('.swatch')));
drawRamp();
drawAll();

let waiting = 0;
new ResizeObserver(() => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => drawn.forEach(again => again()));
}).observe(document.querySelector('main'));

addEventListener('keydown', event => { if (event.key === 'Escape') tip.hide(); });
addEventListener('beforeprint', () => document.querySelectorAll('#answer details, #lengths details').forEach(one => { one.open = true; }));
