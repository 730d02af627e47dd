import { describe, expect, it } from 'vitest';
import { bestSoFar, divergence, lowerRate, LiveRun, searchLeft, thin, timeLeft, type Line } from './live';

const FIT: Line = { kind: 'fit', seconds: 1, fit: 'trial-0', iteration: 0, num_iterations: 100, iterations_per_epoch: 10 };
const points = (from: number, to: number): Line => {
  const iteration = Array.from({ length: to - from + 1 }, (_, place) => from + place);
  return { kind: 'iterations', seconds: 3, fit: 'trial-0', iteration, cost: iteration.map((at) => 1 / at) };
};

function run(...lines: Line[]): LiveRun {
  const made = new LiveRun();
  made.apply(lines);
  return made;
}

describe('LiveRun', () => {
  it('collects the points of each fit', () => {
    const live = run(FIT, points(1, 20), points(21, 40));
    const fit = live.fit('trial-0')!;
    expect(fit.points.iteration.length).toBe(40);
    expect(fit.points.learning_rate.every((value) => value === null)).toBe(true);
    expect([fit.iteration, live.newest]).toEqual([40, 'trial-0']);
    expect(timeLeft(fit)).toBeCloseTo((60 * 2) / 40);
  });

  it('drops the points that a resumed fit repeats', () => {
    const live = run(FIT, points(1, 40), { ...FIT, iteration: 25, seconds: 0 }, points(26, 30));
    expect(live.fit('trial-0')!.points.iteration.at(-1)).toBe(30);
    expect(live.fit('trial-0')!.points.iteration.length).toBe(30);
  });

  it('limits the length of a curve, but keeps its ends and extremes', () => {
    const live = run(FIT);
    for (let start = 1; start < 40_000; start += 100) live.apply([points(start, start + 99)]);
    const { iteration, cost } = live.fit('trial-0')!.points;
    expect(iteration.length).toBeLessThanOrEqual(4000);
    expect([iteration[0], iteration.at(-1), Math.max(...(cost as number[]))]).toEqual([1, 40_000, 1]);
  });

  it('replaces a trial that is recorded twice, and lists each finding once', () => {
    const trial = { kind: 'trial', trial: 0, hyperparameters: {}, value: 0.5, state: 'complete' };
    const finding = { kind: 'finding', finding: { code: 'a', message: 'b' } };
    const live = run(trial, { ...trial, value: 0.7 }, finding, finding);
    expect(live.trials.map((one) => one.value)).toEqual([0.7]);
    expect(live.findings.length).toBe(1);
  });

  it('estimates when the search ends', () => {
    const trial = { kind: 'trial', seconds: 12, trial: 0, hyperparameters: {}, value: 0.5, state: 'complete' };
    expect(searchLeft(run({ kind: 'plan', seconds: 2, num_trials: 4 }, trial))).toBe(30);
    expect(searchLeft(run(trial))).toBeNull();
  });

  it('ignores lines of an unknown kind', () => {
    expect(run({ kind: 'weather', seconds: 4 }).now).toBe(4);
  });
});

it('thins a curve without losing its peak', () => {
  const series = { at: [0, 1, 2, 3, 4, 5, 6, 7, 8], value: [1, 1, 9, 1, 1, 1, -3, 1, 1] };
  thin(series, 'value');
  expect(series.value).toContain(9);
  expect(series.value).toContain(-3);
  expect(series.at.at(-1)).toBe(8);
});

it('follows the best trial', () => {
  const trials = [0.5, null, 0.4, 0.8].map((value, trial) => ({ trial, value, hyperparameters: {}, state: '' }));
  expect(bestSoFar(trials, false)).toEqual([0.5, 0.5, 0.5, 0.8]);
  expect(bestSoFar(trials, true)).toEqual([0.5, 0.5, 0.4, 0.4]);
});

it('explains where a fit diverged', () => {
  const live = run(
    FIT,
    { kind: 'monitors', fit: 'trial-0', iteration: 0, epoch: 0, layers: ['dense1', 'output'], update_ratio: [0.1, 2] },
    { kind: 'fit_finished', fit: 'trial-0', iteration: 7, diverged_at: 5 },
  );
  expect(divergence(live.fit('trial-0')!)).toMatch(/iteration 5, .* output had the largest updates: 2 times the norm of its weights/);
});

it('proposes the learning rate that a finding recommends, or a tenth of the current one', () => {
  const live = run(FIT, { kind: 'iterations', fit: 'trial-0', iteration: [1], cost: [null], gradient_norm: [null], learning_rate: [20] });
  const finding = { code: '', severity: 'error' as const, message: '', numbers: {}, remedy: 'Use optimizer.learning_rate = 1e-04.' };
  expect(lowerRate([finding], live.fit('trial-0'))).toBe(0.0001);
  expect(lowerRate([], live.fit('trial-0'))).toBe(2);
  expect(lowerRate([], undefined)).toBeNull();
});
