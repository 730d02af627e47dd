#include "walk.h"

namespace assay {

namespace {

void walk_forward(const Kernels& kernels, const Packed& kernel,
                  const Sequence& sequence, const LstmForward& task,
                  int64_t begin, int64_t end) {
  thread_local Scratch memory;
  const int64_t h = sequence.size;
  float* recurrent = memory.get((end - begin) * 4 * h);
  float* state = task.last_state;
  float* cell = task.last_cell;
  copy(state + begin * h, task.state + begin * h, (end - begin) * h);
  copy(cell + begin * h, task.cell + begin * h, (end - begin) * h);
  for (int64_t i = 0; i < sequence.steps; ++i) {
    const int64_t step = sequence.at(i);
    each_real_stretch(sequence, step, begin, end, [&](int64_t row, int64_t count) {
      kernel.multiply(state + row * h, h, count, recurrent + (row - begin) * 4 * h,
                      4 * h);
    });
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * sequence.steps + step;
      if (!sequence.real(row, step)) {
        clear(task.states + at * h, h);
        clear(task.cells + at * h, h);
        clear(task.gates + at * 4 * h, 4 * h);
        continue;
      }
      kernels.lstm({task.projected + at * 4 * h, recurrent + (row - begin) * 4 * h,
                    cell + row * h, task.gates + at * 4 * h, cell + row * h,
                    state + row * h, h});
      copy(task.states + at * h, state + row * h, h);
      copy(task.cells + at * h, cell + row * h, h);
    }
  }
}

void walk_backward(const Kernels& kernels, const Packed& transposed,
                   const Sequence& sequence, const LstmBackward& task,
                   int64_t begin, int64_t end) {
  thread_local Scratch memory;
  const int64_t h = sequence.size;
  float* total = memory.get(h);
  float* state = task.state_gradient;
  float* cell = task.cell_gradient;
  copy(state + begin * h, task.last_state_gradient + begin * h, (end - begin) * h);
  copy(cell + begin * h, task.last_cell_gradient + begin * h, (end - begin) * h);
  for (int64_t i = sequence.steps - 1; i >= 0; --i) {
    const int64_t step = sequence.at(i);
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * sequence.steps + step;
      float* gates_gradient = task.projected_gradient + at * 4 * h;
      if (!sequence.real(row, step)) {
        clear(gates_gradient, 4 * h);
        continue;
      }
      const float* seen = task.states_gradient + at * h;
      for (int64_t j = 0; j < h; ++j) total[j] = state[row * h + j] + seen[j];
      const int64_t at_before = row * sequence.steps + sequence.before(step);
      const float* before = sequence.first(row, step) ? task.cell + row * h
                                                      : task.cells + at_before * h;
      kernels.lstm_gradient({task.gates + at * 4 * h, before, task.cells + at * h,
                             total, cell + row * h, gates_gradient, h});
    }
    each_real_stretch(sequence, step, begin, end, [&](int64_t row, int64_t count) {
      const int64_t at = row * sequence.steps + step;
      transposed.multiply(task.projected_gradient + at * 4 * h,
                          sequence.steps * 4 * h, count, state + row * h, h);
    });
  }
}

}  // namespace

void lstm_forward(Engine engine, const Sequence& sequence,
                  const LstmForward& task) {
  thread_local Scratch memory;
  const int64_t h = sequence.size;
  const Packed kernel =
      pack_matrix(engine.kernels, task.kernel, h, 4 * h, false, memory);
  share_rows(engine, sequence.n, [&](int64_t begin, int64_t end) {
    walk_forward(engine.kernels, kernel, sequence, task, begin, end);
  });
}

void lstm_backward(Engine engine, const Sequence& sequence,
                   const LstmBackward& task) {
  thread_local Scratch memory;
  const int64_t h = sequence.size;
  const Packed transposed =
      pack_matrix(engine.kernels, task.kernel, h, 4 * h, true, memory);
  share_rows(engine, sequence.n, [&](int64_t begin, int64_t end) {
    walk_backward(engine.kernels, transposed, sequence, task, begin, end);
  });
}

}  // namespace assay
