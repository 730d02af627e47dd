/** Contour lines of heights on a grid, by marching squares. */

export type Segment = [x1: number, y1: number, x2: number, y2: number];

/** Segments of one level; coordinates are columns and rows of the grid. */
export function contour(heights: (number | null)[][], level: number): Segment[] {
  const segments: Segment[] = [];
  for (let row = 0; row + 1 < heights.length; row += 1) {
    for (let column = 0; column + 1 < heights[row]!.length; column += 1) {
      const corners = [
        heights[row]![column],
        heights[row]![column + 1],
        heights[row + 1]![column + 1],
        heights[row + 1]![column],
      ];
      if (corners.some((one) => one === null || one === undefined)) continue;
      const [a, b, c, d] = corners as [number, number, number, number];
      const crossings: [number, number][] = [];
      const cross = (one: number, two: number, at: (share: number) => [number, number]) => {
        if (one < level !== two < level) crossings.push(at((level - one) / (two - one)));
      };
      cross(a, b, (share) => [column + share, row]);
      cross(b, c, (share) => [column + 1, row + share]);
      cross(d, c, (share) => [column + share, row + 1]);
      cross(a, d, (share) => [column, row + share]);
      for (let place = 0; place + 1 < crossings.length; place += 2) {
        segments.push([...crossings[place]!, ...crossings[place + 1]!]);
      }
    }
  }
  return segments;
}

/** Levels at quantiles of the heights, so they are closer together at low heights. */
export function levels(heights: (number | null)[][], count: number): number[] {
  const sorted = heights
    .flat()
    .filter((one): one is number => one !== null)
    .sort((one, other) => one - other);
  const chosen = Array.from({ length: count }, (_, place) => sorted[Math.floor(((place + 0.5) / count) ** 1.5 * sorted.length)]);
  return [...new Set(chosen.filter((one): one is number => one !== undefined))];
}
