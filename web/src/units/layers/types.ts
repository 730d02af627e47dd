/** Responses to the requests in assay/lab/units/_layers.py and in layering. */

export interface Values {
  values: number[];
  omitted: number;
  smallest: number;
  mean: number;
  largest: number;
  share_of_zeros: number;
}

export interface Layer extends Values {
  name: string;
  kind: string;
  input_shape: number[];
  output_shape: number[];
  num_parameters: number;
  multiply_adds: number;
  formula: string;
  parameters: string;
  notes: string[];
}

export interface Model {
  networks: string[];
  row: number;
  num_rows: number;
  target: string;
  classes: string[];
  prediction: number[];
  input: Values & { shape: number[] };
  layers: Layer[];
  num_parameters: number;
}

export interface Xray {
  value: number;
  text: string;
  check: { sum: number; forward: number };
  terms: { value: number }[];
}

export interface Gates {
  row: number;
  target: string;
  classes: string[];
  prediction: number[];
  picture: number[][] | null;
  steps: number[][];
  gates: Record<string, number>[];
  num_units: number;
  formula: string;
  parameters: string;
  number: Xray;
}

export interface BatchNorm {
  iterations: { iteration: number; mean: number; variance: number; running_mean: number; running_variance: number }[];
  formula: string;
  epsilon: number;
  inputs: number[];
  in_training: number[];
  in_inference: number[];
  training_number: Xray;
  inference_number: Xray;
}

export interface Outputs {
  tasks: { task: string; cost: string; num_outputs: number; raw: number[]; prediction: number[]; link: string }[];
}

/** The rows, columns and channels of the grid in which a layer's values are drawn. */
export interface Layout {
  rows: number;
  columns: number;
  channels: number;
}

const WRAP = 16; // number of columns for a vector

/** Images are drawn channel by channel, sequences as steps × channels, and vectors in several rows. */
export function layoutOf(shape: number[]): Layout {
  if (shape.length === 3) return { rows: shape[0]!, columns: shape[1]!, channels: shape[2]! };
  if (shape.length === 2) return { rows: shape[0]!, columns: shape[1]!, channels: 1 };
  const size = shape.reduce((product, side) => product * side, 1);
  const columns = Math.min(size, WRAP);
  return { rows: Math.ceil(size / columns), columns, channels: 1 };
}

/** The values of one channel as rows. Cells after the last value are null. */
export function gridOf(values: number[], layout: Layout, channel: number): (number | null)[][] {
  return Array.from({ length: layout.rows }, (_, r) =>
    Array.from({ length: layout.columns }, (_, c) => values[(r * layout.columns + c) * layout.channels + channel] ?? null),
  );
}

/** The position in a layer's output that corresponds to a cell of the picture. */
export function positionOf(shape: number[], layout: Layout, row: number, column: number, channel: number): number[] {
  if (shape.length === 3) return [row, column, channel];
  if (shape.length === 2) return [row, column];
  let index = row * layout.columns + column;
  const position: number[] = [];
  for (const side of [...shape].reverse()) {
    position.unshift(index % side);
    index = Math.floor(index / side);
  }
  return position;
}

/** Replace the ASCII signs in a formula from the server. */
export const signs = (text: string) => text.replaceAll('*', '·').replaceAll(' - ', ' − ').replace(/(\d) x (?=\d)/g, '$1 × ');
