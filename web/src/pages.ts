import type { Component } from 'svelte';
import { units } from './units';

export interface Page {
  title: string;
  load: () => Promise<{ default: Component<any> }>;
  props: Record<string, string>;
}

/** Return the page at an address, or null. Addresses: runs, runs/NAME, units/NAME, … */
export function pageAt(path: string[]): Page | null {
  const [area = 'runs', name, view] = path;
  if (area === 'runs') return runsPage(name, view);
  if (area === 'subject') return { title: 'Concepts', load: () => import('./subject/Subject.svelte'), props: {} };
  const unit = area === 'units' ? units.find((one) => one.name === name) : undefined;
  return unit ? { title: unit.title, load: unit.load, props: {} } : null;
}

function runsPage(name?: string, view?: string): Page {
  if (!name) return { title: 'Runs', load: () => import('./runs/List.svelte'), props: {} };
  if (name === '+start') return { title: 'Start a run', load: () => import('./runs/Start.svelte'), props: {} };
  if (name === '+compare') return { title: 'Compare runs', load: () => import('./runs/Compare.svelte'), props: {} };
  if (view === 'predict') {
    return { title: `Predict with ${name}`, load: () => import('./runs/Predict.svelte'), props: { name } };
  }
  return { title: name, load: () => import('./runs/Run.svelte'), props: { name } };
}
