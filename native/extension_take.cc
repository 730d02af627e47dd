// The function that XLA calls to select the rows of a batch (see handler.h).
//
// Every buffer may have leading axes for members, as in extension_dense.cc.

#include <vector>

#include "handler.h"
#include "take.h"

namespace assay {
namespace {

using AnyBuffer = ffi::AnyBuffer;

// The offsets of the members' parts of an array, in bytes. Members share the array
// along leading axes of size 1.
std::vector<int64_t> offsets_of(const Name& name, const AnyBuffer& array,
                                Shape leading, int64_t part_bytes) {
  const Shape shape = array.dimensions();
  std::vector<int64_t> offsets = {0};
  for (size_t axis = 0; axis < leading.size(); ++axis) {
    const int64_t parts = shape[axis], members = leading[axis];
    if (parts != 1 && parts != members) {
      refuse(name.str() + ".shape broadcasts to (*" + text_of(leading) + ", ...)",
             name.str() + ".shape=" + text_of(shape));
    }
    std::vector<int64_t> finer;
    for (const int64_t offset : offsets) {
      for (int64_t member = 0; member < members; ++member) {
        finer.push_back(offset * parts + (parts == 1 ? 0 : member));
      }
    }
    offsets = std::move(finer);
  }
  for (int64_t& offset : offsets) offset *= part_bytes;
  return offsets;
}

void take_from(Engine engine, const Integers& rows, Shape leading,
               const AnyBuffer& from, const AnyBuffer& to, int64_t i) {
  const Name name("array", i), taken("rows taken", i);
  const Shape shape = from.dimensions();
  if (shape.size() <= leading.size()) {
    refuse(name.str() + ".ndim > " + std::to_string(leading.size()),
           name.str() + ".shape=" + text_of(shape));
  }
  const int64_t num_rows = shape[leading.size()];
  const Shape row(shape.begin() + leading.size() + 1,
                  shape.size() - leading.size() - 1);
  const Shape expected = rows.dimensions(), actual = to.dimensions();
  if (actual.size() != expected.size() + row.size() ||
      !has_at(actual, 0, expected) || !has_at(actual, expected.size(), row)) {
    refuse(taken.str() + ".shape == " + text_of(expected, row),
           taken.str() + ".shape=" + text_of(actual));
  }
  if (from.element_type() != to.element_type()) {
    throw std::invalid_argument(taken.str() + " must have the type of " + name.str());
  }
  if (to.element_count() == 0) return;
  check_number({"number of rows of array", i}, num_rows >= 1, ">= 1", num_rows);
  const int64_t bytes = to.size_bytes() / rows.element_count();
  const std::vector<int64_t> offsets =
      offsets_of(name, from, leading, num_rows * bytes);
  copy_rows(engine,
            {rows.typed_data(), expected.back(), count_of(leading),
             static_cast<const char*>(from.untyped_data()), offsets.data(),
             num_rows - 1, bytes, static_cast<char*>(to.untyped_data())});
}

// Arguments: row numbers (..., n), then arrays. Results: the selected rows of each
// array. An array shared by all members may have leading axes of size 1.
void run_take(ffi::ThreadPool pool, Integers rows, ffi::RemainingArgs arguments,
              ffi::RemainingRets results) {
  const Shape leading = leading_axes("rows", rows, 1);
  const int64_t num_arrays = arguments.size(), num_results = results.size();
  check_number("number of results", num_results == num_arrays,
               "== number of arrays", num_results);
  for (int64_t i = 0; i < num_arrays; ++i) {
    take_from({loaded_kernels(), pool}, rows, leading,
              argument<AnyBuffer>(arguments, {"array", i}, i),
              result<AnyBuffer>(results, {"rows taken", i}, i), i);
  }
}

}  // namespace
}  // namespace assay

#pragma GCC visibility push(default)

ASSAY_HANDLER(assay_take, assay::run_take,
              assay::ffi::Ffi::Bind()
                  .Ctx<assay::ffi::ThreadPool>()
                  .Arg<assay::Integers>()
                  .RemainingArgs()
                  .RemainingRets());

#pragma GCC visibility pop
