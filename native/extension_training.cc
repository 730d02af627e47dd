// What XLA calls for the steps of a training around the layers; see extension.cc.

#include <algorithm>
#include <cstring>

#include "convolution.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;
using Floats = ffi::Buffer<ffi::F32>;
using Integers = ffi::Buffer<ffi::S32>;
using AnyBuffer = ffi::AnyBuffer;

namespace assay {
namespace {

// Floats of which one thread makes a piece of work, and bytes for the same.
constexpr int64_t kPiece = 8192;
constexpr int64_t kPieceBytes = 64 * 1024;

// Arguments: the rule's seven numbers (see AdamTask), then parameters, gradient, mean
// and square of each array. Results: new parameters, mean and square of each.
ffi::Error run_adam(ffi::ThreadPool pool, Floats numbers,
                    ffi::RemainingArgs arguments, ffi::RemainingRets results) {
  const int64_t members = numbers.element_count() / 7;
  const auto read = [&](int64_t i) { return *arguments.get<Floats>(i); };
  for (int64_t array = 0; array < static_cast<int64_t>(results.size()) / 3; ++array) {
    const int64_t count = read(4 * array).element_count() / members;
    const int64_t pieces = (count + kPiece - 1) / kPiece;
    const int64_t units = members * pieces;
    const auto update = [&](int64_t unit) {
      const int64_t member = unit / pieces, first = unit % pieces * kPiece;
      const int64_t at = member * count + first;
      const float* n = numbers.typed_data() + 7 * member;
      const auto from = [&](int64_t i) { return read(4 * array + i).typed_data() + at; };
      const auto to = [&](int64_t i) {
        return (*results.get<Floats>(3 * array + i))->typed_data() + at;
      };
      kernels()->adam({n[0], n[1], n[2], n[3], n[4], n[5], n[6], from(0), from(1),
                       from(2), from(3), to(0), to(1), to(2),
                       std::min(kPiece, count - first)});
    };
    if (units > 4) {
      parallel_for(pool, units, update);
    } else {
      for (int64_t unit = 0; unit < units; ++unit) update(unit);
    }
  }
  return ffi::Error::Success();
}

// The system reads ahead only within a page, and rows lie anywhere.
void fetch(const char* row, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += 64) __builtin_prefetch(row + at);
}

// Results: losses (n,), and what softmax has too much of each class (n, k).
ffi::Error run_cross_entropy(Floats outputs, Integers classes,
                             ffi::Result<Floats> losses, ffi::Result<Floats> excess) {
  const int64_t rows = classes.element_count();
  kernels()->cross_entropy({outputs.typed_data(), classes.typed_data(),
                            losses->typed_data(), excess->typed_data(), rows,
                            outputs.dimensions().back()});
  return ffi::Error::Success();
}

// Cut a vector into arrays, one after the other.
ffi::Error run_split(Floats vector, ffi::RemainingRets results) {
  const auto shape = vector.dimensions();
  const int64_t members = vector.element_count() / shape.back();
  const float* from = vector.typed_data();
  for (int64_t member = 0; member < members; ++member) {
    for (int64_t i = 0; i < static_cast<int64_t>(results.size()); ++i) {
      const Floats part = **results.get<Floats>(i);
      const int64_t count = part.element_count() / members;
      std::memcpy(part.typed_data() + member * count, from, count * sizeof(float));
      from += count;
    }
  }
  return ffi::Error::Success();
}

// Arguments: row numbers (n,), held within the arrays as XLA does, then arrays.
// Results: those rows of each array. With an axis in front, of members, what all
// have in common is there once.
ffi::Error run_take(ffi::ThreadPool pool, Integers rows, ffi::RemainingArgs arguments,
                    ffi::RemainingRets results) {
  const auto shape = rows.dimensions();
  const int64_t n = shape.back(), members = rows.element_count() / n;
  for (int64_t array = 0; array < static_cast<int64_t>(arguments.size()); ++array) {
    const AnyBuffer from = *arguments.get<AnyBuffer>(array);
    const AnyBuffer to = **results.get<AnyBuffer>(array);
    const int64_t bytes = to.size_bytes() / (n * members);
    const int64_t step = from.dimensions()[0] == 1 ? 0 : from.size_bytes() / members;
    const int64_t last = from.dimensions()[shape.size() - 1] - 1;
    const auto source = [&](int64_t i) {
      const int64_t member = shape.size() > 1 ? i / n : 0;
      const int64_t row = std::clamp<int64_t>(rows.typed_data()[i], 0, last);
      return static_cast<const char*>(from.untyped_data()) + member * step +
             row * bytes;
    };
    const auto take = [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        if (i + 2 < end) fetch(source(i + 2), bytes);
        std::memcpy(static_cast<char*>(to.untyped_data()) + i * bytes, source(i),
                    bytes);
      }
    };
    const int64_t count = n * members, pieces = count * bytes / kPieceBytes;
    if (pieces < 2) {
      take(0, count);
    } else {
      parallel_for(pool, pieces, [&](int64_t piece) {
        take(piece * count / pieces, (piece + 1) * count / pieces);
      });
    }
  }
  return ffi::Error::Success();
}

}  // namespace
}  // namespace assay

#pragma GCC visibility push(default)

XLA_FFI_DEFINE_HANDLER_SYMBOL(assay_adam, assay::run_adam,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<Floats>()
                                  .RemainingArgs()
                                  .RemainingRets());

XLA_FFI_DEFINE_HANDLER_SYMBOL(assay_cross_entropy, assay::run_cross_entropy,
                              ffi::Ffi::Bind()
                                  .Arg<Floats>()
                                  .Arg<Integers>()
                                  .Ret<Floats>()
                                  .Ret<Floats>());

XLA_FFI_DEFINE_HANDLER_SYMBOL(assay_split, assay::run_split,
                              ffi::Ffi::Bind().Arg<Floats>().RemainingRets());

XLA_FFI_DEFINE_HANDLER_SYMBOL(assay_take, assay::run_take,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<Integers>()
                                  .RemainingArgs()
                                  .RemainingRets());

#pragma GCC visibility pop
