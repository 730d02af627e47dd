/**
 * The page and its state are stored in the part of the address after the hash:
 * `#/units/convolution?stride=2`. A link therefore restores the same view.
 */
import { decode, encode, type Values } from './hash';

interface Route {
  path: string[];
  query: URLSearchParams;
}

export const route: Route = $state({ path: [], query: new URLSearchParams() });

function read(): void {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const next = path.split('/').filter(Boolean).map(decodeURIComponent);
  if (next.join('/') !== route.path.join('/')) route.path = next;
  if (query !== route.query.toString()) route.query = new URLSearchParams(query);
}

read();
addEventListener('hashchange', read);

/** The address of a page: href('units/costs') is '#/units/costs'. */
export function href(path: string, query: Record<string, string> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `#/${path}${text ? `?${text}` : ''}`;
}

/** Show another page, as if a link had been clicked. */
export function go(path: string, query: Record<string, string> = {}): void {
  location.hash = href(path, query);
}

/**
 * The state of a page, stored in its address. Call this function while a component is created:
 *
 *     const knobs = urlState({ stride: 2, padding: 1, mode: 'max' });
 *
 * Values equal to their defaults are left out of the address.
 */
export function urlState<T extends Values>(defaults: T): T {
  const here = route.path.join('/');
  const values = $state(decode(route.query, defaults));
  let written = (shown.query = route.query.toString());

  $effect(() => {
    const query = encode(values, defaults);
    if (query === written || route.path.join('/') !== here) return;
    written = shown.query = query;
    history.replaceState(null, '', `#/${here}${query ? `?${query}` : ''}`);
  });
  $effect(() => {
    // a link to the same page or the back button can also change the address
    const query = route.query.toString();
    if (query === written || route.path.join('/') !== here) return;
    written = shown.query = query;
    Object.assign(values, decode(route.query, defaults));
  });
  return values;
}

/** The state of the page that is shown, as the query of its address. */
export const shown = $state({ query: route.query.toString() });

/** The address of this page in its current state, which users can copy. */
export function link(): string {
  return location.href;
}
