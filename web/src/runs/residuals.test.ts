import { expect, test } from 'vitest';
import { dots, endsOf, nearestPoint } from './residuals';

const same = (value: number) => value;

test('the limits leave a margin, even around a single value', () => {
  const [low, high] = endsOf([0, 100], [50]);
  expect([low, high]).toEqual([-4, 104]);
  expect(endsOf([5])).toEqual([4.9, 5.1]);
  expect(endsOf([0])).toEqual([-1, 1]);
});

test('points are drawn as lines of length 0', () => {
  expect(dots([1, 2], [3, 4], same, same)).toBe('M1.0 3.0h0M2.0 4.0h0');
});

test('the nearest point is found in two dimensions', () => {
  expect(nearestPoint([0, 10, 10], [0, 0, 10], same, same, [9, 6])).toBe(2);
});
