/** Responses to the requests in assay/lab/units/convolving. */

export interface Term {
  factors: number[];
  value: number;
  what: string;
  source: [number, number] | null;
}

export interface Cell {
  terms: Term[];
  from: [number, number];
  to: [number, number];
  sum: number;
  forward: number;
}

export interface Size {
  output_size: number;
  dropped: number;
  formula: string;
}

export interface Slid {
  output: number[][];
  cells: Cell[][];
  sizes: Size[];
  formula: string;
  notes: string[];
  parameters: string;
  upstream: number[][];
  by_kernel: number[][];
  by_input: number[][];
  by_bias: number;
}

export interface Pooled {
  output: number[][];
  cells: { values: number[]; sources: [number, number][]; winner: [number, number] | null; from: number[]; to: number[]; value: number }[][];
  formula: string;
  notes: string[];
  by_input: number[][];
}

export interface LayerMaps {
  name: string;
  kind: string;
  shape: [number, number, number];
  formula: string;
  /** height × width × channels */
  values: number[][][];
  kernel: unknown;
  bias: number[] | null;
}

export interface Maps {
  row: number;
  num_rows: number;
  target: string;
  classes: string[];
  prediction: number[];
  input: number[][][];
  layers: LayerMaps[];
}

export interface Xray {
  value: number;
  formula: string;
  text: string;
  check: { sum: number; forward: number; difference: number };
  terms: Term[];
}

/** One channel of a map, height × width. */
export function channel(values: number[][][], index: number): number[][] {
  return values.map((row) => row.map((cell) => cell[index] ?? 0));
}

/** A flat list of numbers as rows of a grid. */
export function gridOf(numbers: number[], columns: number): number[][] {
  const rows: number[][] = [];
  for (let start = 0; start < numbers.length; start += columns) rows.push(numbers.slice(start, start + columns));
  return rows;
}

/** The numbers in a square grid after resizing. New cells are filled with small numbers. */
export function resized(numbers: number[], side: number): number[] {
  const old = Math.round(Math.sqrt(numbers.length));
  return Array.from({ length: side * side }, (_, place) => {
    const [row, column] = [Math.floor(place / side), place % side];
    return row < old && column < old ? numbers[row * old + column]! : (2 * row + column) % 3;
  });
}

/** A product in the usual notation, such as 2·(−1). */
export function product(factors: number[], write: (value: number) => string): string {
  return factors.map((factor, place) => (factor < 0 && place > 0 ? `(${write(factor)})` : write(factor))).join('·');
}
