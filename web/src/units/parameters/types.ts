/** The server's responses to this unit's requests. */
import { num } from '../../lib/format';

export interface LayerRow {
  name: string;
  input_shape: number[];
  output_shape: number[];
  num_parameters: number;
  formula: string;
  count: string;
  arrays: { name: string; shape: number[] }[];
}

export interface Hyperparameter {
  path: string;
  value: string | number | boolean;
  group: string;
  meaning: string;
}

export interface TableAnswer {
  source: string;
  num_train: number;
  num_parameters: number;
  layers: LayerRow[];
  hyperparameters: Hyperparameter[];
}

export interface Step {
  iteration: number;
  before: number;
  gradient: number;
  memory: Record<string, number>;
  rate: number;
  cost: number;
  after: number;
}

export interface UpdatesAnswer {
  source: string;
  layer: string;
  name: string;
  index: number[];
  shape: number[];
  optimizer: string;
  formula: string;
  hyperparameters: Record<string, number>;
  steps: Step[];
}

/** The direction d of an update, computed from the change in the parameter. */
export function direction(step: Step): number {
  return (step.before - step.after) / step.rate;
}

/** The calculation of an update, line by line, with the numbers filled in. */
export function lines(answer: UpdatesAnswer, step: Step): string[] {
  const state = Object.entries(step.memory).map(([symbol, value]) => `${symbol} = ${num(value)}`);
  const d = answer.optimizer === 'sgd' ? step.gradient : direction(step);
  return [
    `before   ${num(step.before, 6)}`,
    `gradient ${num(step.gradient, 6)}`,
    ...(state.length ? [`state    ${state.join(', ')}`] : []),
    `d        ${num(d, 6)}${answer.optimizer === 'sgd' ? ', the gradient itself' : ''}`,
    `after    ${num(step.before, 6)} − ${num(step.rate, 4)} · ${d < 0 ? `(${num(d, 6)})` : num(d, 6)} = ${num(step.after, 6)}`,
  ];
}

/** All arrays in the network, with their layers, names and shapes. */
export function arraysOf(table: TableAnswer): { layer: string; name: string; shape: number[] }[] {
  return table.layers.flatMap((row) => row.arrays.map((array) => ({ layer: row.name, ...array })));
}
