import { expect, test } from 'vitest';
import { contour, levels } from './contours';

test('a contour of a plane is a straight line at the right place', () => {
  const plane = [0, 1, 2].map(() => [0, 1, 2, 3]);
  const segments = contour(plane, 1.25);
  expect(segments).toHaveLength(2);
  for (const [x1, , x2] of segments) expect([x1, x2]).toEqual([1.25, 1.25]);
});

test('missing heights leave a gap', () => {
  expect(contour([[0, 1], [0, null]], 0.5)).toEqual([]);
});

test('the contour of a bowl is a circle with the radius of the level', () => {
  const size = 41;
  const bowl = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (row - 20) ** 2 + (column - 20) ** 2),
  );
  const segments = contour(bowl, 100);
  for (const [x, y] of segments) expect(Math.hypot(x - 20, y - 20)).toBeCloseTo(10, 1);
});

test('levels increase and are not repeated', () => {
  const found = levels([[0, 0, 0, 5], [1, 2, 3, null]], 4);
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(new Set(found).size).toBe(found.length);
});
