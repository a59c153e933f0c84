/** Cards in groups that fold; what is out of sight is neither asked for nor drawn. */
import { h } from './dom';
import type { State } from './state';

export interface Card {
  readonly element: HTMLElement;
  /** Asks for what is new, and draws it. */
  load(): Promise<void>;
  /** Draws again after a change of settings. */
  draw(): void;
}

export interface CardKey {
  /** Different for each card. */
  key: string;
  group: string;
  revision: number;
}

interface Slot {
  card: Card;
  revision: number;
  loaded: number;
  visible: boolean;
  stale: boolean;
}

interface Group {
  element: HTMLDetailsElement;
  body: HTMLElement;
  count: HTMLElement;
}

/** Tags are grouped by what stands before their first slash. */
export const groupOf = (tag: string): string => (tag.includes('/') ? tag.slice(0, tag.indexOf('/')) : '');

export class CardGrid {
  readonly element = h('div', { class: 'grid' });
  private readonly slots = new Map<string, Slot>();
  private readonly groups = new Map<string, Group>();
  private readonly observer = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: '200px' });

  constructor(
    private readonly state: State,
    private readonly create: (key: string) => Card,
    private readonly empty: string,
  ) {}

  update(keys: readonly CardKey[]): void {
    const wanted = new Set(keys.map(({ key }) => key));
    for (const [key, { card }] of this.slots) if (!wanted.has(key)) this.remove(key, card);
    const groups = new Map<string, HTMLElement[]>();
    for (const { key, group, revision } of keys) {
      const slot = this.slot(key);
      slot.revision = revision;
      groups.set(group, [...(groups.get(group) ?? []), slot.card.element]);
    }
    this.place(groups);
    for (const slot of this.slots.values()) this.refresh(slot);
  }

  redraw(): void {
    for (const slot of this.slots.values()) {
      slot.stale = true;
      this.refresh(slot);
    }
  }

  private slot(key: string): Slot {
    const known = this.slots.get(key);
    if (known !== undefined) return known;
    const slot: Slot = { card: this.create(key), revision: 0, loaded: -1, visible: false, stale: false };
    slot.card.element.dataset.key = key;
    this.slots.set(key, slot);
    this.observer.observe(slot.card.element);
    return slot;
  }

  private remove(key: string, card: Card): void {
    this.observer.unobserve(card.element);
    card.element.remove();
    this.slots.delete(key);
  }

  private seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const slot = this.slots.get((target as HTMLElement).dataset.key!);
      if (slot === undefined) continue;
      slot.visible = isIntersecting;
      this.refresh(slot);
    }
  }

  private refresh(slot: Slot): void {
    if (!slot.visible) return;
    if (slot.loaded < slot.revision) {
      slot.loaded = slot.revision;
      slot.stale = false;
      slot.card.load().catch((error: unknown) => {
        slot.loaded = -1; // tried again with the next change
        console.error(error);
      });
    } else if (slot.stale) {
      slot.stale = false;
      slot.card.draw();
    }
  }

  /** Puts cards in their groups, moving only what is not in its place: a moved element loses the focus. */
  private place(groups: ReadonlyMap<string, HTMLElement[]>): void {
    for (const [name, { element }] of this.groups) {
      if (groups.has(name)) continue;
      element.remove();
      this.groups.delete(name);
    }
    const elements = [...groups].map(([name, cards]) => {
      const group = this.group(name);
      group.count.textContent = String(cards.length);
      inOrder(group.body, cards);
      return group.element;
    });
    inOrder(this.element, elements.length > 0 ? elements : [h('p', { class: 'empty' }, this.empty)]);
  }

  private group(name: string): Group {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const body = h('div', { class: 'cards' });
    const count = h('span', { class: 'count' });
    const open = !this.state.settings.closed.includes(name);
    const element = h('details', { open }, h('summary', {}, name || 'others', count), body);
    element.addEventListener('toggle', () => {
      const closed = new Set(this.state.settings.closed);
      if (element.open) closed.delete(name);
      else closed.add(name);
      if (closed.size !== this.state.settings.closed.length) this.state.change({ closed: [...closed] });
    });
    const group = { element, body, count };
    this.groups.set(name, group);
    return group;
  }
}

function inOrder(parent: HTMLElement, children: readonly HTMLElement[]): void {
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild!.remove();
}

/** A card's frame: a heading with buttons, and a body. */
export function frame(title: string, subtitle: Node | string | null, ...buttons: HTMLElement[]) {
  const body = h('div', { class: 'body' });
  const heading = h('h3', { title }, title, subtitle === null ? null : h('small', {}, subtitle));
  const element = h('article', { class: 'card' }, h('header', {}, heading, ...buttons), body);
  return { element, body };
}

/** A button that makes a card as wide as the page. */
export function widen(card: () => HTMLElement): HTMLElement {
  const button = h('button', { type: 'button', class: 'icon', title: 'Wide', 'aria-pressed': 'false' }, '⤢');
  button.addEventListener('click', () => {
    const wide = card().classList.toggle('wide');
    button.setAttribute('aria-pressed', String(wide));
  });
  return button;
}
