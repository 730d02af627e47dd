"""Builds a graph of ONNX operations."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from assay._extras import import_extra

__all__ = ["Graph"]

OPSET, ML_OPSET, IR_VERSION = 18, 3, 8
"""Versions of the operators and the file format; all current runtimes support them."""


class Graph:
    """Collects operations, constants, inputs and outputs.

    Values are represented by their names.

    Args:
        prefix: prefix of the names of all values except inputs and outputs.
    """

    def __init__(self, prefix: str = "assay") -> None:
        purpose = "Exporting to ONNX"
        self._onnx = import_extra("onnx", extra="onnx", purpose=purpose)
        self._prefix = prefix
        self._nodes: list[Any] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._initializers: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._names: set[str] = set()

    def input(self, name: str, dtype: Any, shape: Sequence[int | str]) -> str:
        """Add an input and return its name, which may differ from the given name.

        Args:
            name: name of the input; changed if it is empty or already in use.
            dtype: data type as in NumPy; `str` for strings.
            shape: size of each axis; a string stands for an axis of variable size.
        """
        unique = name or "unnamed"
        while unique in self._names:
            unique += "_"
        self._names.add(unique)
        self._inputs.append(self._described(unique, dtype, shape))
        return unique

    def output(
        self, name: str, value: str, dtype: Any, shape: Sequence[int | str]
    ) -> None:
        """Declare a value as an output."""
        while name in self._names:  # a column may have the same name
            name += "_"
        self._names.add(name)
        self._nodes.append(self._onnx.helper.make_node("Identity", [value], [name]))
        self._outputs.append(self._described(name, dtype, shape))

    def _described(self, name: str, dtype: Any, shape: Sequence[int | str]) -> Any:
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        if dtype is str:
            return helper.make_tensor_value_info(name, kinds.STRING, shape)
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return helper.make_tensor_value_info(name, kind, shape)

    def constant(self, value: Any, dtype: Any = np.float32) -> str:
        """Add an array to the graph; equal arrays are stored once."""
        array = np.ascontiguousarray(np.asarray(value, dtype)).reshape(np.shape(value))
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = self._new_name("constant")
            tensor = self._onnx.numpy_helper.from_array(array, name)
            self._initializers.append(tensor)
            self._constants[key] = name
        return self._constants[key]

    def integers(self, *values: int) -> str:
        """Add a list of integers, such as axes or sizes."""
        return self.constant(values, np.int64)

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add an operation with one output and return the name of the output."""
        return self.ops(kind, *inputs, num_outputs=1, domain=domain, **attributes)[0]

    def ops(
        self,
        kind: str,
        *inputs: str,
        num_outputs: int,
        domain: str = "",
        **attributes: Any,
    ) -> list[str]:
        """Add an operation and return the names of its outputs."""
        outputs = [self._new_name(kind.lower()) for _ in range(num_outputs)]
        node = self._onnx.helper.make_node(
            kind, inputs, outputs, domain=domain, **attributes
        )
        self._nodes.append(node)
        return outputs

    def cast(self, x: str, dtype: Any) -> str:
        """Convert a value to a NumPy data type."""
        kind = self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self.op("Cast", x, to=kind)

    def _new_name(self, kind: str) -> str:
        number = len(self._names)
        name = f"{self._prefix}/{kind}_{number}"
        while name in self._names:
            name += "_"
        self._names.add(name)
        return name

    def model(self, name: str, properties: dict[str, str]) -> bytes:
        """Return the checked model as bytes.

        Args:
            name: name of the graph.
            properties: strings to store in the model, by name.
        """
        helper = self._onnx.helper
        graph = helper.make_graph(
            self._nodes,
            name,
            self._inputs,
            self._outputs,
            initializer=self._initializers,
        )
        versions = [("", OPSET), ("ai.onnx.ml", ML_OPSET)]
        opsets = [helper.make_opsetid(*version) for version in versions]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="assay")
        model.ir_version = IR_VERSION
        helper.set_model_props(model, properties)
        self._onnx.checker.check_model(model)
        return model.SerializeToString()
