/** The server's responses to this unit's requests, and the optimizers in a race. */
import { num } from '../../lib/format';

export interface PathAnswer {
  optimizer: string;
  batch_size?: number | string;
  formula: string;
  hyperparameters: Record<string, number>;
  points: (number | null)[][];
  /** The value of the surface, or the cost of each batch. */
  values?: (number | null)[];
  gradients?: (number | null)[][];
  directions?: (number | null)[][];
  memory: Record<string, (number | null)[] | (number | null)[][]>;
  /** Only for slices of a network's cost. */
  share?: number;
  costs?: (number | null)[];
  cost_of_train?: (number | null)[];
  gradient_norms?: (number | null)[];
  step_lengths?: (number | null)[];
  diverged_at?: number | null;
  /** The slice that the path belongs to. */
  key?: string;
}

export interface MapAnswer {
  x: number[];
  y: number[];
  heights: (number | null)[][];
  minima?: number[][];
  start?: number[];
  formula?: string;
  columns?: string[];
  num_rows?: number;
  num_parameters?: number;
  source?: string;
  ends?: number[][];
  paths?: PathAnswer[];
}

export interface Racer {
  name: string;
  optimizer: string;
  batch: number | 'all';
  color: string;
  dash: string;
  /** Default learning rates for the two weights and for the network. On surfaces, the best rate is used. */
  rates: { line: number; slice: number };
}

/** The optimizers in a race, each with a color and a dash pattern. */
export const RACERS: Racer[] = [
  { name: 'batch', optimizer: 'sgd', batch: 'all', color: '--ink', dash: '', rates: { line: 0.4, slice: 0.3 } },
  { name: 'stochastic', optimizer: 'sgd', batch: 1, color: '--soft', dash: '1 3', rates: { line: 0.03, slice: 0.01 } },
  { name: 'mini-batch', optimizer: 'sgd', batch: 32, color: '--train', dash: '', rates: { line: 0.2, slice: 0.1 } },
  { name: 'momentum', optimizer: 'momentum', batch: 32, color: '--val', dash: '7 3', rates: { line: 0.03, slice: 0.02 } },
  { name: 'Adagrad', optimizer: 'adagrad', batch: 32, color: '--test', dash: '2 3', rates: { line: 0.5, slice: 0.03 } },
  { name: 'RMSProp', optimizer: 'rmsprop', batch: 32, color: '--other', dash: '9 3 2 3', rates: { line: 0.1, slice: 0.003 } },
  { name: 'Adam', optimizer: 'adam', batch: 32, color: '--negative', dash: '12 3', rates: { line: 0.15, slice: 0.003 } },
];

export const SURFACES = ['bowl', 'rosenbrock', 'beale', 'saddle'];

export type Mode = 'surface' | 'line' | 'slice';

export function modeOf(place: string): Mode {
  return place === 'line' || place === 'slice' ? place : 'surface';
}

/** The heights of a path: the costs on all of train if they are known, otherwise the path's values. */
export function heightsOf(path: PathAnswer): (number | null)[] {
  return path.cost_of_train ?? path.values ?? [];
}

export function vector(values: (number | null)[] | undefined | null, digits = 3): string {
  return values ? `(${values.map((one) => num(one, digits)).join(', ')})` : '–';
}

/** The state of the optimizer at one update, such as m and v. */
export function memoryAt(path: PathAnswer, iteration: number): [string, string][] {
  return Object.entries(path.memory).map(([symbol, rows]) => {
    const row = rows[Math.min(iteration, rows.length - 1)];
    return [symbol, Array.isArray(row) ? vector(row) : num(row)];
  });
}

export interface Label {
  x: number;
  y: number;
}

/** Move labels down until they no longer overlap. Each label is about 64 × 14 pixels. */
export function apart<T extends Label>(labels: T[]): T[] {
  const placed: T[] = [];
  for (const label of [...labels].sort((one, other) => one.y - other.y)) {
    let y = label.y;
    for (const other of placed) {
      if (Math.abs(other.x - label.x) < 68 && Math.abs(other.y - y) < 14) y = other.y + 14;
    }
    placed.push({ ...label, y });
  }
  return placed;
}
