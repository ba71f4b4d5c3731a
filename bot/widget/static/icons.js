// Line icons on a 24 grid. They only ever accompany text, so all of them are hidden from assistive technology.

const PATHS = {
  home: 'M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6',
  chat: 'M4 5h16v11h-9l-4 4v-4H4z',
  briefcase: 'M4 8h16v11H4zM9 8V5h6v3M4 13h16',
  document: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  coins: 'M4 7a5 2.5 0 1 0 10 0a5 2.5 0 1 0-10 0M4 7v5c0 1.4 2.2 2.5 5 2.5M14 7v2M10 13.5a5 2.5 0 1 0 10 0a5 2.5 0 1 0-10 0M10 13.5V18c0 1.4 2.2 2.5 5 2.5s5-1.1 5-2.5v-4.5',
  book: 'M12 6c-2-1.5-5-2-8-1.5V18c3-.5 6 0 8 1.5 2-1.5 5-2 8-1.5V4.5C17 4 14 4.5 12 6zM12 6v13.5',
  people: 'M6 8a3 3 0 1 0 6 0a3 3 0 1 0-6 0M3 20c0-4 2.5-6 6-6s6 2 6 6M15 5.2a3 3 0 0 1 0 5.6M17.5 14.5c2.3.8 3.5 2.6 3.5 5.5',
  heart: 'M12 20C6 15.5 4 12.5 4 9.3A4.2 4.2 0 0 1 12 7.5a4.2 4.2 0 0 1 8 1.8c0 3.2-2 6.2-8 10.7z',
  hands: 'M3 8l4-2 5 2 5-2 4 2v7h-2l-6 5-8-5H3zM12 8l-3 3.5c1 1.3 2.5 1.3 4 0l1-.5 5 4',
  receipt: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
  phone: 'M6 3h3l2 5-2.5 1.5c1 2.5 2.5 4 5 5L15 12l5 2v3c0 2-1.3 3-3 3C10 20 4 14 4 7c0-2 .5-4 2-4z',
  interpreter: 'M3 4h11v8H8l-3 3v-3H3zM17 9h4v8h-2v3l-3-3h-6v-2',
  calendar: 'M4 6h16v14H4zM4 10.5h16M8 3.5V8M16 3.5V8',
  check: 'M5 12.5l4.5 4.5L19 7',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3',
  skip: 'M5 6l7 6-7 6zM17 6v12',
  back: 'M11 5l-7 7 7 7M4 12h16',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  info: 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 11v6M12 7.5v.1',
  globe: 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  leave: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  send: 'M4 12h15M13 6l6 6-6 6',
  print: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  pin: 'M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM10 10a2 2 0 1 0 4 0a2 2 0 1 0-4 0',
  clock: 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 7v5l3.5 2',
  step_free: 'M9 4.5a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M10.5 8v6h5l2.5 5M10.5 10.5H15M8 11.5a5 5 0 1 0 7 6.5',
  sound: 'M4 9h4l5-4v14l-5-4H4zM16 9c1.5 1.8 1.5 4.2 0 6M18.5 6.5c3 3.3 3 7.7 0 11',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  alert: 'M12 4l9 16H3zM12 10v5M12 17.5v.1',
  offline: 'M4 4l16 16M3 9c1.5-1.3 3-2.2 4.7-2.8M12 5.5c3.5 0 6.5 1.3 9 3.5M6.5 13c1-.9 2-1.5 3.2-1.9M15 12c1 .4 1.7.6 2.5 1.2M12 18.5v.1',
  again: 'M19 12a7 7 0 1 1-2-5M17 3v4h-4',
  easier: 'M4 6h16M4 11h10M4 16h7M15 16.5l2 2 4-4',
};

// Icons that point along the line of reading turn round where one reads from right to left.
const DIRECTED = new Set(['skip', 'back', 'leave', 'send', 'chat', 'interpreter', 'easier', 'sound']);
const SVG = 'http://www.w3.org/2000/svg';

/** The icon called `name`, or null where there is none: a button then stands on its text alone. */
export function icon(name) {
  if (!Object.prototype.hasOwnProperty.call(PATHS, name)) return null;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', DIRECTED.has(name) ? 'icon icon-directed' : 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
