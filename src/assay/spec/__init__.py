"""Immutable specifications of experiments, with each constraint declared once."""

from assay._calls import explain_package
from assay.spec import _experiment, _range, _registry, _space, _split, _training, _tune
from assay.spec._experiment import *
from assay.spec._family import Family
from assay.spec._files import read_data
from assay.spec._range import *
from assay.spec._registry import *
from assay.spec._space import *
from assay.spec._spec import Spec
from assay.spec._split import *
from assay.spec._training import *
from assay.spec._tune import *
from assay.spec.families import (
    _augmentations,
    _costs,
    _optimizers,
    _regularizers,
    _schedules,
)
from assay.spec.families._augmentations import *
from assay.spec.families._costs import *
from assay.spec.families._optimizers import *
from assay.spec.families._regularizers import *
from assay.spec.families._schedules import *
from assay.spec.layers import (
    _attention,
    _convolution,
    _dense,
    _dropout,
    _embedding,
    _layer,
    _normalization,
    _pooling,
    _recurrent,
    _shaping,
)
from assay.spec.layers._attention import *
from assay.spec.layers._convolution import *
from assay.spec.layers._custom_network import OwnModule
from assay.spec.layers._dense import *
from assay.spec.layers._dropout import *
from assay.spec.layers._embedding import *
from assay.spec.layers._layer import *
from assay.spec.layers._normalization import *
from assay.spec.layers._pooling import *
from assay.spec.layers._recurrent import *
from assay.spec.layers._shaping import *
from assay.spec.layers._sizes import Window
from assay.spec.layers.activations import (
    _activation,
    _output,
    _rectifiers,
    _sigmoids,
    _smooth,
)
from assay.spec.layers.activations._activation import *
from assay.spec.layers.activations._output import *
from assay.spec.layers.activations._rectifiers import *
from assay.spec.layers.activations._sigmoids import *
from assay.spec.layers.activations._smooth import *

# Each module lists its public names. They are joined with `+=`, because type checkers
# do not support most other ways of building `__all__`.
__all__ = ["Family", "OwnModule", "Spec", "Window", "read_data"]
__all__ += _experiment.__all__
__all__ += _range.__all__
__all__ += _registry.__all__
__all__ += _space.__all__
__all__ += _split.__all__
__all__ += _training.__all__
__all__ += _tune.__all__
__all__ += _augmentations.__all__
__all__ += _costs.__all__
__all__ += _optimizers.__all__
__all__ += _regularizers.__all__
__all__ += _schedules.__all__
__all__ += _attention.__all__
__all__ += _convolution.__all__
__all__ += _dense.__all__
__all__ += _dropout.__all__
__all__ += _embedding.__all__
__all__ += _layer.__all__
__all__ += _normalization.__all__
__all__ += _pooling.__all__
__all__ += _recurrent.__all__
__all__ += _shaping.__all__
__all__ += _activation.__all__
__all__ += _output.__all__
__all__ += _rectifiers.__all__
__all__ += _sigmoids.__all__
__all__ += _smooth.__all__

explain_package(__name__)
