/** Elements of the page. Text goes in as text, never as HTML. */

type Child = Node | string | null | undefined;

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/** `h('button', { type: 'button', click: f, class: 'x' }, 'text')`; functions listen, false and null leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) set(element, key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function svg(name: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) set(element, key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function set(element: Element, key: string, value: Attributes[string]): void {
  if (typeof value === 'function') element.addEventListener(key, value as EventListener);
  else if (value === true) element.setAttribute(key, '');
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, String(value));
}

/** A small square in the colour of a run. The policy of the page forbids style attributes, not this. */
export function swatch(color: string): HTMLElement {
  const element = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  element.style.background = color;
  return element;
}

/** A button that stays pressed. */
export function toggle(label: string, pressed: boolean, change: (pressed: boolean) => void): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'toggle', 'aria-pressed': String(pressed) }, label);
  button.addEventListener('click', () => {
    const now = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(now));
    change(now);
  });
  return button;
}
