import { expect, it } from 'vitest';
import { axesOf, heightOn } from './parallel';

const trial = (number: number, rate: number, kind: string, value: number | null) => ({
  trial: number,
  hyperparameters: { 'optimizer.learning_rate': rate, 'optimizer.kind': kind },
  value,
  state: 'complete',
});
const trials = [trial(0, 1e-4, 'adam', 0.5), trial(1, 1e-2, 'adam', 0.7), trial(2, 1e-1, 'sgd', null)];

it('has an axis for each hyperparameter and one for the metric', () => {
  expect(axesOf(trials, 'accuracy').map((axis) => axis.short)).toEqual(['learning rate', 'kind', 'accuracy']);
});

it('places rates over more than a decade by their logarithms', () => {
  const [rate] = axesOf(trials, 'accuracy');
  expect(rate!.share(1e-2)).toBeCloseTo(2 / 3);
  expect([rate!.bottom, rate!.top]).toEqual(['0.0001', '0.1']);
});

it('leaves out an axis that a trial does not have', () => {
  const linear = { trial: 3, hyperparameters: { 'optimizer.learning_rate': 0.01 }, value: 0.6, state: 'complete' };
  const axes = axesOf([...trials, linear], 'accuracy');
  expect(heightOn(axes[1]!, linear, 200)).toBeNull();
});

it('draws a trial without a value at the bottom', () => {
  const axes = axesOf(trials, 'accuracy');
  expect(heightOn(axes[2]!, trials[2]!, 200)).toBe(188);
  expect(heightOn(axes[2]!, trials[1]!, 200)).toBe(12);
});
