// Elements, numbers in words, and moving by the arrow keys. Text is only ever set as text.

const SVG = 'http://www.w3.org/2000/svg';

function put(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of [children].flat(3)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

const el = (tag, attributes, ...children) => put(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => put(document.createElementNS(SVG, tag), attributes, children);
const $ = id => document.getElementById(id);

const count = n => n.toLocaleString('en-GB');
const number = (n, noun) => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
const percent = (x, digits = 1) => x === null || x === undefined ? '–' : `${(100 * x + 1e-9).toFixed(digits)} %`;
const short = (x, digits = 1) => (100 * x + 1e-9).toFixed(digits).replace(/\.0$/, '');
const span = (from, to, digits = 1) => to === null ? `over ${short(from, digits)}` : from === to ? short(from, digits) : `${short(from, digits)}–${short(to, digits)}`;
const tokens = n => n >= 1048576 ? `${n / 1048576}M` : n >= 1024 ? `${n / 1024}k` : `${n}`;
const short3 = n => { const [by, name] = n >= 999500 ? [1e6, 'M'] : n >= 1000 ? [1e3, 'k'] : [1, '']; return `${Number((n / by).toPrecision(3))}${name}`; };
const tokenSpan = (row, window) => row.to === null ? `over ${short3(row.from * window)}` : row.from === row.to ? short3(row.from * window) : `${short3(row.from * window)}–${short3(row.to * window)}`;
const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

const Z = 1.959963984540054;

// Wilson (1927), 95 %; k may be a sum of fractions. The same formula as analysis/curves.py.
function wilson(k, n) {
  const centre = (k + Z * Z / 2) / (n + Z * Z);
  const half = Z / (n + Z * Z) * Math.sqrt(k * (n - k) / n + Z * Z / 4);
  return [k <= 0 ? 0 : clamp(centre - half, 0, 1), k >= n ? 1 : clamp(centre + half, 0, 1)];
}

// One stop for the Tab key in a figure; the arrow keys go on from there.
function roving(root, items) {
  items.forEach((item, i) => item.setAttribute('tabindex', i ? '-1' : '0'));
  root.addEventListener('keydown', event => {
    const at = items.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const goal = event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1 : at + (step || 0);
    if (at < 0 || goal === at || !items[goal]) return;
    event.preventDefault();
    items[at].setAttribute('tabindex', '-1');
    items[goal].setAttribute('tabindex', '0');
    items[goal].focus();
  });
}

// What the pointer or the keyboard is on, in a small box.
const tip = {
  show(node, text) {
    const box = $('tip'), at = node.getBoundingClientRect();
    box.textContent = text;
    box.classList.add('on');
    const left = clamp(at.left + at.width / 2 - box.offsetWidth / 2, 8, document.documentElement.clientWidth - box.offsetWidth - 8);
    const above = at.top - box.offsetHeight - 8;
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${(above < 8 ? at.bottom + 8 : above) + scrollY}px`;
  },
  hide() { $('tip').classList.remove('on'); },
};

// A part of a figure that says something, and leads to the records behind it.
function live(node, words, choose, picked) {
  return put(node, {
    role: 'button', 'aria-label': words.replace(/\n/g, ', '), 'aria-pressed': picked ? 'true' : 'false',
    onpointerenter: () => tip.show(node, words), onpointerleave: tip.hide,
    onfocus: () => tip.show(node, words), onblur: tip.hide,
    onclick: choose,
    onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(); } },
  });
}
