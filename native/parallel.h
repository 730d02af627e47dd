// Work sharing on XLA's own threads, and memory that each thread keeps.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "xla/ffi/api/ffi.h"

namespace assay {

// Memory for one thread, kept from call to call: asking the system anew would
// cost a page fault for every 4 KiB.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::free(data_); }

  float* get(int64_t count) {
    if (count > size_) {
      std::free(data_);
      const size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
      data_ = static_cast<float*>(std::aligned_alloc(64, bytes));
      if (data_ == nullptr) throw std::bad_alloc();
      size_ = count;
    }
    return data_;
  }

 private:
  float* data_ = nullptr;
  int64_t size_ = 0;
};

// Run work(i) for i < count on the pool and on this thread; return when all are
// done. Waits only for items that some thread has begun, so it cannot wait for
// a thread that is itself waiting.
template <typename Work>
void parallel_for(xla::ffi::ThreadPool& pool, int64_t count, const Work& work) {
  struct Shared {
    std::atomic<int64_t> next{0};
    std::atomic<int64_t> done{0};
  };
  const int64_t helpers = std::min(count, pool.num_threads()) - 1;
  if (helpers <= 0) {
    for (int64_t i = 0; i < count; ++i) work(i);
    return;
  }
  // A helper may start after this function has returned; it then finds nothing
  // to do and touches only what it shares ownership of.
  auto shared = std::make_shared<Shared>();
  auto drain = [shared, count, &work] {
    for (int64_t i; (i = shared->next.fetch_add(1)) < count;) {
      work(i);
      if (shared->done.fetch_add(1) + 1 == count) shared->done.notify_all();
    }
  };
  for (int64_t h = 0; h < helpers; ++h) {
    auto helper = drain;
    pool.Schedule(std::move(helper));
  }
  drain();
  for (int64_t seen; (seen = shared->done.load()) < count;) {
    shared->done.wait(seen);
  }
}

}  // namespace assay
