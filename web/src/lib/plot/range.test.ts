import { expect, test } from 'vitest';
import { apart, wrapped } from './labels';
import { decades, padded } from './range';

test('the limits for a constant are close to it', () => {
  expect(padded(1, 1, false)).toEqual([0.9, 1.1]);
  expect(padded(0, 0, false)).toEqual([0, 1]);
  const [low, high] = padded(0.01, 0.01, true);
  expect([low, high]).toEqual([expect.closeTo(0.01 / 1.1), expect.closeTo(0.011)]);
});

test('an axis without finite numbers still has limits', () => {
  expect(padded(null, null, true)).toEqual([0.1, 1]);
  expect(padded(Number.NaN, 1, false)).toEqual([0, 1]);
});

test('a logarithmic axis has ticks at powers of ten, and more ticks if its range is small', () => {
  expect(decades(0.002, 20)).toEqual([0.01, 0.1, 1, 10]);
  expect(decades(0.06, 1.5)).toEqual([0.1, 0.2, 0.5, 1]);
  expect(decades(0.21, 0.34).length).toBeGreaterThan(1);
  expect(decades(0.4, 1.3)).toEqual([0.5, 1]);
  expect(decades(1e-12, 1e6).length).toBeLessThanOrEqual(7);
  expect(decades(1e-5, 1e-3)).toEqual([1e-5, 1e-4, 1e-3]);
});

test('the names of lines do not overlap and stay inside the plot', () => {
  const tops = apart([{ at: 98, size: 14 }, { at: 99, size: 14 }, { at: 10, size: 14 }], [0, 100]);
  expect(tops[2]).toBe(3);
  expect(tops[1]! + 14).toBeLessThanOrEqual(100);
  expect(tops[1]! - tops[0]!).toBeGreaterThanOrEqual(14);
});

test('a long name is split into two lines', () => {
  const fits = (text: string) => text.length <= 12;
  expect(wrapped('train', fits)).toEqual(['train']);
  expect(wrapped('diabetes-1 and 2 more', fits)).toEqual(['diabetes-1', 'and 2 more']);
  expect(wrapped('averylongname', fits)).toEqual(['averylongname']);
});
