/** The features that every figure has in addition to its picture. */

export interface TableData {
  head: string[];
  rows: (string | number | null)[][];
}

/** A cursor that the arrow keys move over `rows` × `columns` places. */
export interface Cursor {
  rows: number;
  columns: number;
  /** A short description of a place, which is displayed and read aloud. */
  describe: (row: number, column: number) => string;
}

export type Place = readonly [row: number, column: number];

/** Return where a key moves the cursor; null if the key does not move it. */
export function moved(key: string, at: Place | null, rows: number, columns: number): Place | null {
  if (!rows || !columns) return null;
  const [row, column] = at ?? [0, -1];
  const clamp = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
  const page = Math.max(Math.round(columns / 10), 1);
  switch (key) {
    case 'ArrowRight':
      return [clamp(row, rows), clamp(column + 1, columns)];
    case 'ArrowLeft':
      return [clamp(row, rows), clamp(at ? column - 1 : 0, columns)];
    case 'ArrowDown':
      return [clamp(at ? row + 1 : 0, rows), clamp(column, columns)];
    case 'ArrowUp':
      return [clamp(at ? row - 1 : 0, rows), clamp(column, columns)];
    case 'PageDown':
      return [clamp(row, rows), clamp(column + page, columns)];
    case 'PageUp':
      return [clamp(row, rows), clamp(column - page, columns)];
    case 'Home':
      return [clamp(row, rows), 0];
    case 'End':
      return [clamp(row, rows), columns - 1];
    default:
      return null;
  }
}
