import { expect, it } from 'vitest';
import { pixels, rowsOf, type Split } from './batches/types';
import { channel, gridOf, product, resized } from './convolution/types';
import { gridOf as valuesOf, layoutOf, positionOf, signs } from './layers/types';

it('keeps the numbers of a grid when its size changes', () => {
  expect(resized([1, 2, 3, 4], 3)).toEqual([1, 2, 2, 3, 4, 1, 1, 2, 0]);
  expect(resized([1, 2, 3, 4], 1)).toEqual([1]);
  expect(gridOf([1, 2, 3, 4], 2)).toEqual([[1, 2], [3, 4]]);
});

it('formats products with signs as people would write them', () => {
  expect(product([-1, 2], String)).toBe('-1·2');
  expect(product([2, -1], String)).toBe('2·(-1)');
});

it('picks one channel of a map', () => {
  expect(channel([[[1, 2], [3, 4]]], 1)).toEqual([[2, 4]]);
});

it('finds the position of a cell in layers of any rank', () => {
  expect(positionOf([8, 8, 6], layoutOf([8, 8, 6]), 2, 3, 5)).toEqual([2, 3, 5]);
  expect(positionOf([8, 12], layoutOf([8, 12]), 2, 3, 0)).toEqual([2, 3]);
  expect(positionOf([24], layoutOf([24]), 1, 3, 0)).toEqual([19]);
  const values = Array.from({ length: 12 }, (_, place) => place);
  expect(valuesOf(values, layoutOf([2, 3, 2]), 1)).toEqual([[1, 3, 5], [7, 9, 11]]);
  expect(valuesOf([1, 2, 3], { rows: 2, columns: 2, channels: 1 }, 0)).toEqual([[1, 2], [3, null]]);
});

it('replaces ASCII signs in the formulas of the engine', () => {
  expect(signs('(8 - 3 + 2*1)/1 + 1')).toBe('(8 − 3 + 2·1)/1 + 1');
  expect(signs('y (10) = x (128) W (128 x 10)')).toBe('y (10) = x (128) W (128 × 10)');
});

it('draws the examples of each class in a row, train first', () => {
  const split = { parts: [2, 0, 1, 0], class_of: [0, 0, 1, 1], classes: ['a', 'b'] } as unknown as Split;
  expect(rowsOf(split)).toEqual([[1, 0], [3, 2]]);
  const numbers = { parts: [1, 0, 0], class_of: [0, 0, 0], classes: [] as string[] } as unknown as Split;
  expect(rowsOf(numbers).flat()).toEqual([1, 2, 0]);
});

it('reads the pixels of digits', () => {
  const text = btoa(String.fromCharCode(...Array.from({ length: 128 }, (_, place) => place % 16)));
  expect(pixels(text).map((image) => [image.length, image[17]])).toEqual([[64, 1], [64, 1]]);
  expect(pixels(null)).toEqual([]);
});
