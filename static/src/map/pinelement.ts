/** The pin that is being placed: a plain marker with a foot, so that the exact point is plain to see. */

const NS = 'http://www.w3.org/2000/svg';

export function pinElement(label: string): HTMLElement {
  const element = document.createElement('div');
  element.className = 'placed-pin';
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', label);
  const svg = document.createElementNS(NS, 'svg');
  svg.setAttribute('viewBox', '0 0 44 56');
  svg.setAttribute('width', '44');
  svg.setAttribute('height', '56');
  const body = document.createElementNS(NS, 'path');
  body.setAttribute('d', 'M22 55C18 46 3 36 3 21a19 19 0 0 1 38 0c0 15-15 25-19 34Z');
  body.setAttribute('fill', 'var(--accent)');
  body.setAttribute('stroke', 'var(--surface)');
  body.setAttribute('stroke-width', '2.5');
  const eye = document.createElementNS(NS, 'circle');
  for (const [name, value] of Object.entries({ cx: '22', cy: '21', r: '7', fill: 'var(--surface)' })) eye.setAttribute(name, value);
  svg.append(body, eye);
  element.append(svg);
  return element;
}
