/** The server's responses to this unit's requests. */
import { num } from '../../lib/format';

export interface Member {
  name: string;
  class: string;
  formula: string;
  summary: string;
  advice: string;
  hyperparameters: Record<string, number>;
  learned: Record<string, number>;
  saturates: boolean;
  x: number[];
  y: number[];
  derivative: number[];
}

export interface Catalog {
  activations: Member[];
  flat: number;
}

export interface CurveAnswer {
  name: string;
  formula: string;
  hyperparameters: Record<string, number>;
  x: number[];
  y: number[];
  derivative: number[];
  flat: [number, number][];
}

export interface LayerAnswer {
  layer: string;
  activation: string;
  counts: number[];
  below: number;
  above: number;
  num_not_finite: number;
  num_values: number;
  num_units: number;
  num_dead: number;
  saturated: number;
  mean_slope: number | null;
  mean: number | null;
  spread: number | null;
  gradient: number | null;
}

export interface Snapshot {
  epoch: number | null;
  iteration: number;
  layers: LayerAnswer[];
}

export interface LayersAnswer {
  source: string;
  edges: number[];
  flat: number;
  num_rows: number;
  snapshots: Snapshot[];
  diverged_at: number | null;
}

/** A formula in which x and the hyperparameters are replaced by numbers. */
export function filled(formula: string, x: number, values: Record<string, number>): string {
  let text = formula.replace(/, \w+ learned$/, '');
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(name, num(value));
  const written = x < 0 ? `(${num(x)})` : num(x);
  return text.replace(/\bx(_j)?\b/g, written).replace('x_k', 'x_k');
}
