/** The color scheme, with functions that return its colors for canvases, which cannot use CSS variables. */

export type Choice = 'auto' | 'light' | 'dark';
export type Color = 'train' | 'val' | 'test' | 'positive' | 'negative' | 'other' | 'ink' | 'soft' | 'rule' | 'paper';

const KEY = 'assay-theme';
const DARK = '(prefers-color-scheme: dark)';

class Theme {
  choice = $state<Choice>(stored());
  /** Increases each time the scheme changes, so that figures drawn on a canvas are drawn again. */
  version = $state(0);

  constructor() {
    for (const query of [DARK, '(forced-colors: active)']) {
      matchMedia(query).addEventListener('change', () => this.apply());
    }
    // a dark page would print light text on white paper
    addEventListener('beforeprint', () => this.apply(true));
    addEventListener('afterprint', () => this.apply());
    this.apply();
  }

  set(choice: Choice): void {
    this.choice = choice;
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // the choice is kept only while the page is open
    }
    this.apply();
  }

  private apply(printing = false): void {
    const system = matchMedia(DARK).matches ? 'dark' : 'light';
    const chosen = this.choice === 'auto' ? system : this.choice;
    document.documentElement.dataset['theme'] = printing ? 'light' : chosen;
    this.version += 1;
  }
}

function stored(): Choice {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === 'light' || choice === 'dark' ? choice : 'auto';
  } catch {
    return 'auto'; // reports served by the lab cannot access local storage
  }
}

export const theme = new Theme();

/** The current value of a color. Effects that read a color run again when the scheme changes. */
export function color(name: Color): string {
  void theme.version;
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The color of a cell. The hue shows the sign, and the opacity shows the size relative to the largest value. */
export function shade(share: number): string {
  void theme.version;
  const hue = share < 0 ? '--rgb-negative' : '--rgb-positive';
  const rgb = getComputedStyle(document.documentElement).getPropertyValue(hue).trim();
  return `rgb(${rgb} / ${Math.min(Math.abs(share), 1).toFixed(3)})`;
}

/** Whether the user prefers reduced motion. */
export function prefersLessMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
