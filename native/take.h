// Selects the rows of batches from the data.
//
// If several members are trained together, their arrays have one part per member.
#pragma once

#include "convolution.h"

namespace assay {

// Rows to copy from an array. Row i of the target is row rows[i] of the source, clipped
// to [0, last_row] as in XLA. The part for member m = i / n starts offsets[m] bytes
// into the source.
struct RowCopy {
  const int32_t* rows;
  int64_t n;               // rows per member
  int64_t members;
  const char* source;
  const int64_t* offsets;  // (members,), bytes
  int64_t last_row;
  int64_t row_bytes;
  char* target;
};

void copy_rows(Engine engine, const RowCopy& copy);

}  // namespace assay
