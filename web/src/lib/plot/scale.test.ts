import { expect, test } from 'vitest';
import { linePath, nearest, scale, ticks } from './scale';

test('a scale converts in both directions', () => {
  const x = scale([-8, 8], [40, 440]);
  expect(x(0)).toBe(240);
  expect(x.invert(240)).toBe(0);
  const rate = scale([1e-4, 10], [0, 100], true);
  expect(rate(0.1)).toBeCloseTo(60, 9);
  expect(rate.invert(60)).toBeCloseTo(0.1, 9);
});

test('ticks are round numbers within the limits', () => {
  expect(ticks([-8, 8], 4)).toEqual([-5, 0, 5]);
  expect(ticks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks([1e-4, 10], 6, true)).toEqual([1e-4, 1e-3, 1e-2, 0.1, 1, 10]);
  expect(ticks([0.15, 3], 6, true)).toEqual([0.2, 0.5, 1, 2]);
  expect(ticks([1e-4, 10], 3, true)).toEqual([1e-4, 1e-2, 1]);
});

test('a line is interrupted where a value is missing', () => {
  const same = (value: number) => value;
  expect(linePath([0, 1, 2, 3], [5, null, 7, 8], same, same)).toBe('M0.0 5.0M2.0 7.0L3.0 8.0');
});

test('the nearest value is found at the ends and in between', () => {
  const values = [0, 1, 2, 4];
  expect([-3, 0.4, 0.6, 2.9, 3.1, 99].map((value) => nearest(values, value))).toEqual([0, 0, 1, 2, 3, 3]);
});
