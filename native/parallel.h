// Parallel loops on XLA's threads, and memory that each thread keeps.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include "xla/ffi/api/ffi.h"

namespace assay {

// Memory for one thread, which is kept between calls because new memory would cause a
// page fault for every 4 KiB.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::free(data_); }

  float* get(int64_t count) {
    if (count > size_) {
      std::free(std::exchange(data_, nullptr));
      size_ = 0;
      const size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
      data_ = static_cast<float*>(std::aligned_alloc(64, bytes));
      if (data_ == nullptr) throw std::bad_alloc();
      size_ = count;
    }
#if defined(__SANITIZE_ADDRESS__)
    // Memory beyond this request may be left over from a larger one. It is out of
    // bounds.
    ASAN_UNPOISON_MEMORY_REGION(data_, size_ * sizeof(float));
    ASAN_POISON_MEMORY_REGION(data_ + count, (size_ - count) * sizeof(float));
#endif
    return data_;
  }

 private:
  float* data_ = nullptr;
  int64_t size_ = 0;
};

// Run work(i) for i < count on the pool and on this thread. Return when all items are
// done, or throw the first exception. The function waits only for items that a thread
// has started, so it never waits for a thread that is itself waiting.
template <typename Work>
void parallel_for(xla::ffi::ThreadPool& pool, int64_t count, const Work& work) {
  struct Shared {
    std::atomic<int64_t> next{0};
    std::atomic<int64_t> done{0};
    std::atomic<bool> failed{false};
    // Written by the thread that sets `failed` first, and read when all items are done.
    std::exception_ptr error;
  };
  const int64_t helpers = std::min(count, pool.num_threads()) - 1;
  if (helpers <= 0) {
    for (int64_t i = 0; i < count; ++i) work(i);
    return;
  }
  // A helper may start after this function has returned. It then has nothing to do and
  // accesses only `shared`, of which it is a co-owner.
  auto shared = std::make_shared<Shared>();
  auto drain = [shared, count, &work] {
    for (int64_t i; (i = shared->next.fetch_add(1)) < count;) {
      // An exception that leaves a pool thread would end the process. An exception that
      // leaves this loop would let the caller return while helpers use its frame.
      try {
        if (!shared->failed.load(std::memory_order_relaxed)) work(i);
      } catch (...) {
        if (!shared->failed.exchange(true)) {
          shared->error = std::current_exception();
        }
      }
      if (shared->done.fetch_add(1) + 1 == count) shared->done.notify_all();
    }
  };
  try {
    for (int64_t h = 0; h < helpers; ++h) {
      auto helper = drain;
      pool.Schedule(std::move(helper));
    }
  } catch (const std::bad_alloc&) {
    // If there are fewer helpers, this thread does the remaining work.
  }
  drain();
  for (int64_t seen; (seen = shared->done.load()) < count;) {
    shared->done.wait(seen);
  }
  // The exception is moved out so that a helper that still owns `shared` cannot destroy
  // it while the caller handles it.
  if (auto error = std::move(shared->error)) std::rethrow_exception(std::move(error));
}

}  // namespace assay
