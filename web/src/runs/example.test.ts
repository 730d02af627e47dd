import { expect, test } from 'vitest';
import { channels, written } from './example';

test('each channel of a sequence is drawn on its own scale', () => {
  const [slow, fast] = channels([
    [60, -1],
    [61, 1],
    [62, 0],
  ]);
  expect([slow!.low, slow!.high]).toEqual([60, 62]);
  expect(fast!.points).toBe('0,38 50,2 100,20');
  expect(channels([5, 5])[0]!.points).toBe('0,20 100,20');
});

test('a time at midnight is written as a date', () => {
  expect(written('2014-12-25T00:00:00')).toBe('2014-12-25');
  expect(written('2014-12-25T08:30:00')).toBe('2014-12-25T08:30:00');
  expect(written(null)).toBe('missing');
  expect(written(1120)).toBe('1,120');
});
