// Chooses the instruction set of the processor the program runs on.
#include "kernels.h"

#include <cstdlib>
#include <cstring>

namespace assay {

const Kernels* kernels() {
#if defined(__aarch64__)
  return &kBaseline;
#elif defined(__x86_64__)
  static const Kernels* const best = [] {
    // ASSAY_EXTENSION=avx2 leaves AVX-512 unused, for tests and for processors
    // that slow down under it.
    const char* wish = std::getenv("ASSAY_EXTENSION");
    const bool wide = wish == nullptr || std::strcmp(wish, "avx2") != 0;
    __builtin_cpu_init();
    if (wide && __builtin_cpu_supports("avx512f")) return &kAvx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      return &kAvx2;
    }
    return static_cast<const Kernels*>(nullptr);
  }();
  return best;
#else
  return nullptr;
#endif
}

}  // namespace assay
