#include "walk.h"

namespace assay {

namespace {

void walk_forward(const Kernels& kernels, const Packed& kernel,
                  const Sequence& sequence, const GruForward& task, int64_t begin,
                  int64_t end) {
  thread_local Scratch memory;
  const int64_t h = sequence.size;
  float* recurrent = memory.get((end - begin) * 3 * h);
  float* state = task.last_state;
  copy(state + begin * h, task.state + begin * h, (end - begin) * h);
  for (int64_t i = 0; i < sequence.steps; ++i) {
    const int64_t step = sequence.at(i);
    each_real_stretch(sequence, step, begin, end, [&](int64_t row, int64_t count) {
      kernel.multiply(state + row * h, h, count, recurrent + (row - begin) * 3 * h,
                      3 * h);
    });
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * sequence.steps + step;
      if (!sequence.real(row, step)) {
        clear(task.states + at * h, h);
        clear(task.inner + at * h, h);
        clear(task.gates + at * 3 * h, 3 * h);
        continue;
      }
      float* sums = recurrent + (row - begin) * 3 * h;
      for (int64_t j = 0; j < h; ++j) sums[2 * h + j] += task.recurrent_bias[j];
      kernels.gru({task.projected + at * 3 * h, sums, state + row * h,
                   task.gates + at * 3 * h, task.inner + at * h, state + row * h,
                   h});
      copy(task.states + at * h, state + row * h, h);
    }
  }
}

void walk_backward(const Kernels& kernels, const Packed& transposed,
                   const Sequence& sequence, const GruBackward& task,
                   int64_t begin, int64_t end) {
  thread_local Scratch memory;
  const int64_t h = sequence.size, steps = sequence.steps;
  float* total = memory.get((1 + end - begin) * h);
  float* direct = total + h - begin * h;
  float* state = task.state_gradient;
  copy(state + begin * h, task.last_state_gradient + begin * h, (end - begin) * h);
  for (int64_t i = steps - 1; i >= 0; --i) {
    const int64_t step = sequence.at(i);
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * steps + step;
      float* to_input = task.projected_gradient + at * 3 * h;
      float* to_state = task.recurrent_gradient + at * 3 * h;
      if (!sequence.real(row, step)) {
        clear(to_input, 3 * h);
        clear(to_state, 3 * h);
        continue;
      }
      const float* seen = task.states_gradient + at * h;
      for (int64_t j = 0; j < h; ++j) total[j] = state[row * h + j] + seen[j];
      const int64_t at_before = row * steps + sequence.before(step);
      const float* before = sequence.first(row, step)
                                ? task.state + row * h
                                : task.states + at_before * h;
      kernels.gru_gradient({task.gates + at * 3 * h, task.inner + at * h, before,
                            total, to_input, to_state, direct + row * h, h});
    }
    each_real_stretch(sequence, step, begin, end, [&](int64_t row, int64_t count) {
      const int64_t at = row * steps + step;
      transposed.multiply(task.recurrent_gradient + at * 3 * h, steps * 3 * h,
                          count, state + row * h, h);
      for (int64_t j = row * h; j < (row + count) * h; ++j) state[j] += direct[j];
    });
  }
}

}  // namespace

void gru_forward(Engine engine, const Sequence& sequence, const GruForward& task) {
  thread_local Scratch memory;
  const int64_t h = sequence.size;
  const Packed kernel =
      pack_matrix(engine.kernels, task.kernel, h, 3 * h, false, memory);
  share_rows(engine, sequence.n, [&](int64_t begin, int64_t end) {
    walk_forward(engine.kernels, kernel, sequence, task, begin, end);
  });
}

void gru_backward(Engine engine, const Sequence& sequence,
                  const GruBackward& task) {
  thread_local Scratch memory;
  const int64_t h = sequence.size;
  const Packed transposed =
      pack_matrix(engine.kernels, task.kernel, h, 3 * h, true, memory);
  share_rows(engine, sequence.n, [&](int64_t begin, int64_t end) {
    walk_backward(engine.kernels, transposed, sequence, task, begin, end);
  });
}

}  // namespace assay
