#include "take.h"

#include <algorithm>
#include <cstring>

namespace assay {

namespace {

// The number of bytes that a thread processes at a time. Larger pieces reduce the
// overhead, and smaller pieces let threads finish at the same time.
constexpr int64_t kPieceBytes = 64 * 1024;

// Explicit prefetching is needed because the processor reads ahead only within a page,
// and the next row may be on any page.
void fetch(const char* row, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += 64) __builtin_prefetch(row + at);
}

}  // namespace

void copy_rows(Engine engine, const RowCopy& copy) {
  const auto source = [&](int64_t i) {
    const int64_t row = std::clamp<int64_t>(copy.rows[i], 0, copy.last_row);
    return copy.source + copy.offsets[i / copy.n] + row * copy.row_bytes;
  };
  const auto take = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      if (i + 2 < end) fetch(source(i + 2), copy.row_bytes);
      std::memcpy(copy.target + i * copy.row_bytes, source(i), copy.row_bytes);
    }
  };
  const int64_t count = copy.n * copy.members;
  const int64_t pieces = count * copy.row_bytes / kPieceBytes;
  if (pieces < 2) return take(0, count);
  parallel_for(engine.pool, pieces, [&](int64_t piece) {
    take(piece * count / pieces, (piece + 1) * count / pieces);
  });
}

}  // namespace assay
