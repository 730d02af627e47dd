import { expect, it } from 'vitest';
import { decode, encode } from './hash';

const defaults = { stride: 2, mode: 'max', shown: true, kernel: [1, 0, -1] };

it('leaves defaults out of the address', () => {
  expect(encode(defaults, defaults)).toBe('');
  expect(encode({ ...defaults, stride: 3 }, defaults)).toBe('stride=3');
});

it('restores what it wrote', () => {
  const values = { stride: 0.5, mode: 'a&b', shown: false, kernel: [2.5, -3] };
  expect(decode(new URLSearchParams(encode(values, defaults)), defaults)).toEqual(values);
});

it('falls back to the default if a value has the wrong type', () => {
  const query = new URLSearchParams('stride=fast&kernel=1,x&mode=average');
  expect(decode(query, defaults)).toEqual({ ...defaults, mode: 'average' });
});
