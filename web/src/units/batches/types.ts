/** Responses to the requests in assay/lab/units/batching. */

export interface Scaled {
  column: string;
  /** median, mean and standard deviation, fitted on train */
  train: [number, number, number];
  /** the same statistics on all examples, which would leak information */
  all: [number, number, number];
  row: number;
  value: number;
  prepared: number;
}

export interface Split {
  name: string;
  target: string;
  task: string;
  rows: number[];
  /** 0 for train, 1 for val, 2 for test */
  parts: number[];
  class_of: number[];
  classes: string[];
  counts: number[][];
  sizes: { train: number; val: number; test: number };
  by: string;
  notes: string[];
  images: string | null;
  preparation: Scaled[];
}

export interface Iteration {
  epoch: number;
  batch: number;
  examples: number[];
  length: number;
  full_length: number;
  angle_degrees: number;
  full_cost: number;
  cost: number;
}

export interface Passes {
  batch_size: number;
  num_train: number;
  per_epoch: number;
  num_iterations: number;
  iterations: Iteration[];
  epochs: { train_cost: number[]; val_cost: (number | null)[] };
  num_parameters: number;
}

export interface Angles {
  num_train: number;
  sizes: { batch_size: number; mean: number; smallest: number; largest: number }[];
}

/** The 8 × 8 pixels of the digits, one array of 64 numbers for each example. */
export function pixels(text: string | null): Uint8Array[] {
  if (!text) return [];
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Array.from({ length: bytes.length / 64 }, (_, place) => bytes.subarray(64 * place, 64 * place + 64));
}

/** The examples in each row of the picture. A row contains one class, sorted by part: train, val, test. */
export function rowsOf(split: Split): number[][] {
  const rows: number[][] = Array.from({ length: Math.max(split.classes.length, 1) }, () => []);
  for (let part = 0; part < 3; part += 1)
    split.parts.forEach((own, example) => own === part && rows[split.class_of[example]!]!.push(example));
  if (rows.length > 1) return rows;
  const wide = Math.max(Math.ceil(Math.sqrt(4 * split.parts.length)), 1); // if there are no classes
  return Array.from({ length: Math.ceil(rows[0]!.length / wide) }, (_, r) => rows[0]!.slice(r * wide, (r + 1) * wide));
}
