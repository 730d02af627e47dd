import type { Component } from 'svelte';

export interface Unit {
  /** The name of the unit's folder, which is also used in addresses and by the server. */
  name: string;
  number: number;
  title: string;
  load: () => Promise<{ default: Component }>;
}

/** Each unit is loaded when it is first opened. */
export const units: Unit[] = [
  { name: 'activations', number: 1, title: 'Activations', load: () => import('./activations/Unit.svelte') },
  { name: 'costs', number: 2, title: 'Costs', load: () => import('./costs/Unit.svelte') },
  { name: 'learning_rate', number: 3, title: 'Learning rate', load: () => import('./learning_rate/Unit.svelte') },
  {
    name: 'parameters',
    number: 4,
    title: 'Parameters and hyperparameters',
    load: () => import('./parameters/Unit.svelte'),
  },
  { name: 'batches', number: 5, title: 'Data, splits and batches', load: () => import('./batches/Unit.svelte') },
  { name: 'convolution', number: 6, title: 'Convolution and pooling', load: () => import('./convolution/Unit.svelte') },
  { name: 'optimizers', number: 7, title: 'Optimizers', load: () => import('./optimizers/Unit.svelte') },
  { name: 'regularization', number: 8, title: 'Regularization', load: () => import('./regularization/Unit.svelte') },
  { name: 'layers', number: 9, title: 'Layers', load: () => import('./layers/Unit.svelte') },
];
