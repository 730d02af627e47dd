import { expect, test } from 'vitest';
import { logicalLines } from './calculation';

test('lines that were wrapped for a terminal are joined again', () => {
  const text = 'conv1 · y[0]\n  8 x 8\n  y = 1·2 +\n    3·4 = 14\n  check: the terms sum to 14, the forward\n    pass gives 14';
  expect(logicalLines(text).map((line) => line.text)).toEqual(['conv1 · y[0]', '8 x 8', 'y = 1·2 + 3·4 = 14']);
});

test('the rows of a table are not joined', () => {
  const lines = logicalLines('gru1\n    step     h\n       0  0.5\n       1  0.25');
  expect(lines.map((line) => line.aligned)).toEqual([false, true, true, true]);
});
