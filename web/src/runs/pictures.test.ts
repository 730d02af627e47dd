import { expect, test } from 'vitest';
import { pictureOf } from './pictures';

test('a symptom of the layers has a measurement, and one of the data has none', () => {
  expect(pictureOf('dead_units')).toBe('dead_share');
  expect(pictureOf('overfitting')).toBe('');
  expect(pictureOf('missing_values')).toBeUndefined();
});
