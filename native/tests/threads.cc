// Test the kernels and parallel loops with ThreadSanitizer, on a separate thread pool.
//
// Under Python, the sanitizer cannot see how XLA's threads are synchronized, because
// XLA is built without it. This program has its own pool, with the same interface as
// XLA's. scripts/sanitize.py runs the program. It exits with 0 if all tests pass.

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "dense.h"
#include "parallel.h"
#include "recurrent.h"

namespace {

namespace ffi = xla::ffi;
using Floats = std::vector<float>;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "threads.cc: %s\n", what);
  std::exit(1);
}

class Threads {
 public:
  explicit Threads(int count) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
  }
  ~Threads() {
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void schedule(XLA_FFI_Task* task, void* data) {
    {
      std::lock_guard lock(mutex_);
      tasks_.emplace_back(task, data);
    }
    wake_.notify_one();
  }
  int64_t size() const { return threads_.size(); }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return ended_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const auto [task, data] = tasks_.front();
      tasks_.pop_front();
      lock.unlock();
      task(data);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<XLA_FFI_Task*, void*>> tasks_;
  std::vector<std::thread> threads_;
  bool ended_ = false;
};

// The XLA functions that kernels call, for a context that is this program's pool.
Threads& threads_of(XLA_FFI_ExecutionContext* context) {
  return *reinterpret_cast<Threads*>(context);
}

XLA_FFI_Error* schedule(XLA_FFI_ThreadPool_Schedule_Args* args) {
  threads_of(args->ctx).schedule(args->task, args->data);
  return nullptr;
}

XLA_FFI_Error* num_threads(XLA_FFI_ThreadPool_NumThreads_Args* args) {
  *args->num_threads = threads_of(args->ctx).size();
  return nullptr;
}

ffi::ThreadPool pool_of(Threads& threads) {
  static XLA_FFI_Api api = {};
  static ffi::DiagnosticEngine diagnostic;
  api.XLA_FFI_ThreadPool_Schedule = schedule;
  api.XLA_FFI_ThreadPool_NumThreads = num_threads;
  return *ffi::CtxDecoding<ffi::ThreadPool>::Decode(
      &api, reinterpret_cast<XLA_FFI_ExecutionContext*>(&threads), diagnostic);
}

Floats random_floats(int64_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Floats values(count);
  for (float& value : values) value = uniform(generator);
  return values;
}

void every_item_runs_once(ffi::ThreadPool& pool) {
  for (const int64_t count : {0, 1, 2, 7, 1000}) {
    std::vector<int> times(count);
    assay::parallel_for(pool, count, [&](int64_t i) { ++times[i]; });
    require(times == std::vector<int>(count, 1), "an item ran twice or never");
  }
}

void loops_nest(ffi::ThreadPool& pool) {
  std::vector<int> times(6 * 50);
  assay::parallel_for(pool, 6, [&](int64_t i) {
    assay::parallel_for(pool, 50, [&](int64_t j) { ++times[50 * i + j]; });
  });
  require(times == std::vector<int>(6 * 50, 1), "a nested item ran twice or never");
}

// The caller gets the exception from any thread, after all threads have left the loop.
void exceptions_reach_the_caller(ffi::ThreadPool& pool) {
  const auto caller = std::this_thread::get_id();
  for (int round = 0; round < 300; ++round) {
    const bool on_caller = round % 3 == 0, everywhere = round % 3 == 1;
    std::atomic<int> inside = 0;
    std::string message;
    try {
      assay::parallel_for(pool, 40, [&](int64_t) {
        ++inside;
        const bool here = std::this_thread::get_id() == caller;
        std::this_thread::yield();
        --inside;
        if (everywhere || here == on_caller) throw std::runtime_error("broken item");
      });
    } catch (const std::runtime_error& error) {
      message = error.what();
    }
    require(inside == 0, "a thread was still in the loop");
    // The helpers may all start too late, or may leave no work for the caller.
    if (everywhere) require(message == "broken item", "the exception was lost");
  }
  every_item_runs_once(pool);
}

void memory_that_cannot_be_had() {
  assay::Scratch scratch;
  scratch.get(100);
  bool refused = false;
  try {
    scratch.get(int64_t{1} << 60);
  } catch (const std::bad_alloc&) {
    refused = true;
  }
  require(refused, "a request for too much memory succeeded");
  require(scratch.get(50) != nullptr, "scratch memory stayed unusable");
}

// A chain of dense layers must produce identical bits with any number of threads.
Floats dense(assay::Engine engine) {
  const int64_t n = 300, widths[] = {200, 130, 40};
  const Floats input = random_floats(n * widths[0], 1);
  const uint32_t words[] = {3, 5};
  const assay::Dropout dropout = {words, 7, 0.6f};
  Floats kernels[2], biases[2], values[2], kernel_gradients[2], bias_gradients[2];
  std::vector<assay::DenseLayer> layers(2);
  for (int i = 0; i < 2; ++i) {
    const int64_t size = widths[i] * widths[i + 1];
    kernels[i] = random_floats(size, 2 + i);
    biases[i] = random_floats(widths[i + 1], 4 + i);
    values[i].resize(n * widths[i + 1]);
    kernel_gradients[i].resize(size);
    bias_gradients[i].resize(widths[i + 1]);
    layers[i] = {.inputs = widths[i],
                 .units = widths[i + 1],
                 .activation = i ? assay::kIdentity : assay::kTanh,
                 .kernel = kernels[i].data(),
                 .bias = biases[i].data(),
                 .values = values[i].data(),
                 .dropout = i ? nullptr : &dropout,
                 .kernel_gradient = kernel_gradients[i].data(),
                 .bias_gradient = bias_gradients[i].data()};
  }
  assay::dense_forward(engine, n, input.data(), layers);
  const Floats gradient = values[1];
  Floats first(n * widths[1]);
  assay::dense_backward(engine, n, input.data(), gradient.data(), layers,
                        first.data());
  for (const Floats& more : {values[1], kernel_gradients[0], kernel_gradients[1],
                             bias_gradients[0], bias_gradients[1]}) {
    first.insert(first.end(), more.begin(), more.end());
  }
  return first;
}

// One convolution, which may be depthwise, and its gradients, computed directly or by
// Winograd's algorithm.
void convolution(assay::Engine engine, int64_t groups, int64_t c, int64_t k,
                 int64_t window) {
  const int64_t n = 6, size = 12, output = size;
  const assay::Geometry geometry = {.n = n,
                                    .groups = groups,
                                    .c = c,
                                    .k = k,
                                    .space = {1, size, size},
                                    .window = {1, window, window},
                                    .stride = {1, 1, 1},
                                    .low = {0, window / 2, window / 2},
                                    .dilation = {1, 1, 1},
                                    .output = {1, output, output}};
  const Floats x = random_floats(n * geometry.input_size(), 1);
  const Floats kernel = random_floats(geometry.taps() * c * groups * k, 2);
  Floats y(n * geometry.output_size()), dx(x.size()), dk(kernel.size());
  assay::forward(engine, geometry, x.data(), kernel.data(), y.data());
  assay::input_gradient(engine, geometry, y.data(), kernel.data(), dx.data());
  assay::kernel_gradient(engine, geometry, x.data(), y.data(), dk.data());
}

void recurrent(assay::Engine engine) {
  const int64_t n = 30, steps = 5, h = 20;
  std::vector<int32_t> lengths(n);
  for (int64_t i = 0; i < n; ++i) lengths[i] = i % (steps + 1);
  const assay::Sequence sequence = {n, steps, h, lengths.data(), true};
  const Floats projected = random_floats(n * steps * 4 * h, 1);
  const Floats kernel = random_floats(h * 4 * h, 2), start = random_floats(n * h, 3);
  Floats states(n * steps * h), cells(n * steps * h), gates(n * steps * 4 * h);
  Floats last(n * h), last_cell(n * h), to_projected(n * steps * 4 * h);
  Floats to_recurrent(n * steps * 3 * h);
  assay::lstm_forward(engine, sequence,
                      {projected.data(), kernel.data(), start.data(), start.data(),
                       states.data(), cells.data(), gates.data(), last.data(),
                       last_cell.data()});
  assay::lstm_backward(engine, sequence,
                       {gates.data(), cells.data(), start.data(), kernel.data(),
                        states.data(), start.data(), start.data(),
                        to_projected.data(), last.data(), last_cell.data()});
  assay::gru_forward(engine, sequence,
                     {projected.data(), kernel.data(), start.data(), start.data(),
                      states.data(), gates.data(), cells.data(), last.data()});
  assay::gru_backward(engine, sequence,
                      {gates.data(), cells.data(), states.data(), start.data(),
                       kernel.data(), states.data(), start.data(),
                       to_projected.data(), to_recurrent.data(), last.data()});
}

}  // namespace

int main() {
  if (assay::kernels() == nullptr) {
    std::puts("This processor has no kernels.");
    return 0;
  }
  memory_that_cannot_be_had();
  Floats alone;
  for (const int count : {1, 2, 4}) {
    Threads threads(count);
    ffi::ThreadPool pool = pool_of(threads);
    const assay::Engine engine = {*assay::kernels(), pool};
    every_item_runs_once(pool);
    loops_nest(pool);
    exceptions_reach_the_caller(pool);
    const Floats values = dense(engine);
    if (count == 1) alone = values;
    require(values == alone, "dense layers depend on the number of threads");
    convolution(engine, 1, 5, 20, 3);
    convolution(engine, 1, 20, 33, 3);
    convolution(engine, 2, 4, 6, 1);
    convolution(engine, 21, 1, 1, 3);
    recurrent(engine);
  }
  std::puts("All tests of threads passed.");
  return 0;
}
