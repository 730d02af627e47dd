"""Remedies that change the size or number of updates, or the batches."""

from assay import spec
from assay.doctor._patient import Patient
from assay.doctor._remedy import remedy

__all__ = [
    "clip_gradients",
    "constant_rate",
    "higher_rate",
    "highest_rate",
    "larger_batch",
    "longer",
    "lower_momentum",
    "lower_rate",
    "lowest_rate",
    "shorter",
    "usual_rate",
    "warm_up",
]

_BENGIO = (
    'Bengio, 2012, "Practical recommendations for gradient-based training of deep '
    'architectures"'
)
_LONGER, _SHORTER, _BATCH_SIZE, _MOST_EPOCHS = 5, 5, 32, 2000


@remedy("Use a learning rate 10 times lower.", reference=_BENGIO)
def lower_rate(patient: Patient) -> Patient | None:
    """Divide the learning rate by 10."""
    return _with_rate(patient, 0.1)


@remedy("Use a learning rate 100 times lower.", reference=_BENGIO)
def lowest_rate(patient: Patient) -> Patient | None:
    """Divide the learning rate by 100."""
    return _with_rate(patient, 0.01)


@remedy("Use a learning rate 10 times higher.", reference=_BENGIO)
def higher_rate(patient: Patient) -> Patient | None:
    """Multiply the learning rate by 10."""
    return _with_rate(patient, 10.0)


@remedy("Use a learning rate 100 times higher.", reference=_BENGIO)
def highest_rate(patient: Patient) -> Patient | None:
    """Multiply the learning rate by 100."""
    return _with_rate(patient, 100.0)


@remedy("Use the optimizer's default learning rate.", reference=_BENGIO)
def usual_rate(patient: Patient) -> Patient | None:
    """Reset the learning rate to the optimizer's default."""
    optimizer = patient.training.optimizer
    usual = type(optimizer)()
    rates = [getattr(each, "learning_rate", None) for each in (optimizer, usual)]
    if rates[0] == rates[1] or not isinstance(rates[1], float):
        return None
    changed = optimizer.model_copy(update={"learning_rate": rates[1]})
    return patient.with_training(optimizer=changed)


@remedy(
    "Clip the gradient norm to 1.",
    reference='Pascanu, Mikolov and Bengio, 2013, "On the difficulty of training '
    'recurrent neural networks"',
)
def clip_gradients(patient: Patient) -> Patient | None:
    """Scale gradients with a norm above 1 down to a norm of 1."""
    if patient.training.clip_norm is not None:
        return None
    return patient.with_training(clip_norm=1.0)


@remedy(
    "Raise the learning rate slowly, then lower it.",
    reference='Goyal et al., 2017, "Accurate, large minibatch SGD"',
)
def warm_up(patient: Patient) -> Patient | None:
    """Use a schedule that warms up and then decays."""
    if not isinstance(patient.training.schedule, spec.Constant):
        return None
    return patient.with_training(schedule=spec.WarmupCosine())


@remedy("Keep the learning rate constant.", reference=_BENGIO)
def constant_rate(patient: Patient) -> Patient | None:
    """Remove the schedule."""
    if isinstance(patient.training.schedule, spec.Constant):
        return None
    return patient.with_training(schedule=spec.Constant())


@remedy("Use larger batches.", reference=_BENGIO)
def larger_batch(patient: Patient) -> Patient | None:
    """Use batches of 32 rows."""
    size = patient.training.batch_size
    if not isinstance(size, int) or size >= _BATCH_SIZE:
        return None
    return patient.with_training(batch_size=_BATCH_SIZE)


@remedy("Use a momentum of 0.9.", reference=_BENGIO)
def lower_momentum(patient: Patient) -> Patient | None:
    """Lower a high momentum to 0.9."""
    optimizer = patient.training.optimizer
    momentum = getattr(optimizer, "momentum", 0.0)
    if not isinstance(momentum, float) or momentum <= 0.9:
        return None
    return patient.with_training(
        optimizer=optimizer.model_copy(update={"momentum": 0.9})
    )


@remedy("Train 5 times as long.", reference=_BENGIO)
def longer(patient: Patient) -> Patient | None:
    """Multiply the number of epochs by 5."""
    epochs = patient.training.num_epochs
    if not isinstance(epochs, int) or epochs >= _MOST_EPOCHS:
        return None
    return patient.with_training(num_epochs=min(epochs * _LONGER, _MOST_EPOCHS))


@remedy("Train for a fifth as many epochs.", reference=_BENGIO)
def shorter(patient: Patient) -> Patient | None:
    """Divide the number of epochs by 5."""
    epochs = patient.training.num_epochs
    if not isinstance(epochs, int) or epochs < _SHORTER:
        return None
    return patient.with_training(num_epochs=epochs // _SHORTER)


def _with_rate(patient: Patient, factor: float) -> Patient | None:
    optimizer = patient.training.optimizer
    rate = getattr(optimizer, "learning_rate", None)
    if not isinstance(rate, float):
        return None
    changed = optimizer.model_copy(update={"learning_rate": rate * factor})
    return patient.with_training(optimizer=changed)
