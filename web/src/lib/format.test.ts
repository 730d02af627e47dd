import { describe, expect, it } from 'vitest';
import { bytes, count, fixed, interval, measured, num, percent, seconds, words } from './format';

describe('num', () => {
  it.each([
    [0, '0'],
    [1797, '1,797'],
    [0.0015811388, '0.001581'],
    [-0.5, '−0.5'],
    [1.5e-8, '1.5e−8'],
    [2e-7, '2e−7'],
    [3.21e9, '3.21e9'],
    [1e-7, '1e−7'],
    [null, '–'],
    [Number.NaN, 'not a number'],
    [-Infinity, '−∞'],
  ])('writes %s as %s', (value, text) => expect(num(value)).toBe(text));
});

it('writes shares, intervals, times and sizes', () => {
  expect(percent(0.98888)).toBe('98.9%');
  expect(interval([0.9678, 0.9962])).toBe('[0.968, 0.996]');
  expect(interval([51.127, 71.708])).toBe('[51.1, 71.7]');
  expect([measured(1), measured(59.885)]).toEqual(['1.000', '59.9']);
  expect(interval(null)).toBe('');
  expect(fixed(-0.05, 2)).toBe('−0.05');
  expect([measured(1.25e-12), fixed(0)]).toEqual(['1.25e−12', '0.000']);
  expect([seconds(2.34), seconds(59.6), seconds(250), seconds(7500)]).toEqual([
    '2.3 s', '1 min 0 s', '4 min 10 s', '2 h 5 min',
  ]);
  expect([count(1, 'row'), count(270, 'row'), count(2, 'class', 'classes')]).toEqual([
    '1 row', '270 rows', '2 classes',
  ]);
  expect(bytes(3_120_000)).toBe('3.12 MB');
});

it('writes names as words, and capitalizes the names of people', () => {
  expect([words('squared_error'), words('huber'), words('poisson_likelihood')]).toEqual([
    'squared error', 'Huber', 'Poisson likelihood',
  ]);
});
