"""The activation functions. Importing this package registers them.

The specs explain when to use each function. Each function's output has the same shape
as its input x. Softmax and log softmax normalize over the last axis.

The gains of the smooth functions were computed to five significant digits by numerical
integration over z from -12 to 12. The tests repeat the integration.
"""

from assay.nn.activations import _output as _output
from assay.nn.activations import _rectifiers as _rectifiers
from assay.nn.activations import _sigmoids as _sigmoids
from assay.nn.activations import _smooth as _smooth
