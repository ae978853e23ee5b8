// Taking things out of the page: a table to the clipboard, a figure as SVG or PNG, its data as CSV.

// As a spreadsheet shows it: what would be taken for a formula begins with an apostrophe.
const FORMULA = /^[\0=+\-@\t\r\n|%＝＋－＠]/;
const guarded = value => typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value;
function csv(rows) {
  const names = Object.keys(rows[0] || {});
  const field = value => {
    const text = value === null || value === undefined ? '' : typeof value === 'number' ? String(Math.round(value * 1e6) / 1e6) : guarded(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names, ...rows.map(row => names.map(name => row[name]))].map(line => line.map(field).join(',')).join('\n') + '\n';
}

function save(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  el('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const fileName = words => words.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 80) || 'figure';

const DRAWN = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'opacity', 'font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor'];

// The colours and letters that are seen, written into the nodes: a file has no style sheet.
function inked(seen, nodes) {
  nodes.forEach((node, i) => {
    const style = getComputedStyle(seen[i]);
    for (const name of DRAWN) if (style.getPropertyValue(name)) node.setAttribute(name, style.getPropertyValue(name).replaceAll('"', "'"));
  });
  for (const node of nodes) for (const name of ['class', 'role', 'tabindex', 'aria-label', 'aria-pressed', 'style']) node.removeAttribute(name);
}

const EDGE = 10, TITLE = 30, KEY = 18;

// A drawing that stands alone: its title above, its key below.
function standalone(drawing, title, key) {
  const { width, height } = drawing.viewBox.baseVal, inner = svg('g', { transform: `translate(${EDGE} ${TITLE})` }, ...drawing.cloneNode(true).childNodes);
  const seen = [...drawing.querySelectorAll('*')], copies = [...inner.querySelectorAll('*')];
  inked([drawing, ...seen], [inner, ...copies]);
  copies.filter((_, i) => seen[i].matches('.ring, .hit')).forEach(node => node.remove());
  const paper = getComputedStyle(document.body), font = paper.fontFamily.replaceAll('"', "'");
  const text = (x, y, words, weight) => svg('text', { x, y, fill: paper.color, 'font-size': 12, 'font-weight': weight, 'font-family': font }, words);
  const keys = (key ? key() : []).map(([node, words], i) => {
    document.body.append(node); // colours are told of what stands in the page only
    inked([node, ...node.querySelectorAll('*')], [node, ...node.querySelectorAll('*')]);
    return svg('g', { transform: `translate(${EDGE} ${TITLE + height + 8 + i * KEY})` }, node, text(42, 11, words, 400));
  });
  const wide = width + 2 * EDGE, high = TITLE + height + EDGE + (keys.length ? keys.length * KEY + 8 : 0);
  return svg('svg', { xmlns: SVG, viewBox: `0 0 ${wide} ${high}`, width: wide, height: high },
    svg('rect', { width: wide, height: high, fill: paper.backgroundColor }), text(EDGE, 18, title, 600), inner, keys);
}

const written = drawing => new XMLSerializer().serializeToString(drawing);

function savePng(drawing, name) {
  const scale = 3, wide = drawing.viewBox.baseVal.width, high = drawing.viewBox.baseVal.height, picture = new Image();
  picture.onload = () => {
    const canvas = el('canvas', { width: Math.round(scale * wide), height: Math.round(scale * high) });
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(content => save(name, content));
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(written(drawing))}`;
}

// The buttons under a figure; `one` tells its drawing, title, key and rows when they are asked for.
function savers(one) {
  const name = () => fileName(one.title());
  const button = (label, act) => el('button', { type: 'button', class: 'plain', 'aria-label': `${label}: ${one.title()}`, onclick: act }, label);
  return [
    button('Save SVG', () => save(`${name()}.svg`, written(standalone(one.drawing(), one.title(), one.key)), 'image/svg+xml')),
    button('Save PNG', () => savePng(standalone(one.drawing(), one.title(), one.key), `${name()}.png`)),
    button('Data as CSV', () => save(`${name()}.csv`, csv(one.rows()), 'text/csv')),
  ];
}

// Rows that are to be seen, a line each, with tabs between.
function copied(table) {
  const words = node => guarded(node.innerText.replace(/\s+/g, ' ').trim());
  return [...table.rows].filter(row => !row.hidden).map(row => [...row.cells].map(words).join('\t')).join('\n');
}

async function toClipboard(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed here: the old way */ }
  const box = el('textarea', { readonly: true });
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand('copy');
  box.remove();
  return done;
}

function copier(label, what) {
  return el('button', { type: 'button', class: 'plain copy', onclick: async event => {
    const button = event.currentTarget, focused = document.activeElement === button;
    const done = await toClipboard(what());
    if (focused) button.focus();
    button.textContent = done ? 'Copied' : 'Could not copy';
    $('said').textContent = button.textContent;
    setTimeout(() => { button.textContent = label; $('said').textContent = ''; }, 2000);
  } }, label);
}

// A button under every table that the page came with.
function copyButtons() {
  for (const table of document.querySelectorAll('main .scroll > table')) {
    const holder = table.parentElement;
    if (holder.dataset.copies) continue;
    holder.dataset.copies = 'yes';
    holder.after(el('p', { class: 'tools' }, copier('Copy table', () => copied(table))));
  }
  const text = $('methods-text');
  if (!text.dataset.copies) { text.dataset.copies = 'yes'; text.after(el('p', { class: 'tools' }, copier('Copy paragraph', () => text.innerText))); }
}
