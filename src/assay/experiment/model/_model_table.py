"""The table of layers that notebooks show for a model."""

from assay import spec
from assay._html import html_table
from assay.data import Preparation
from assay.experiment.model._files import factory_name
from assay.nn import describe
from assay.training import Network

__all__ = ["model_table"]


def model_table(
    training: spec.Training,
    preparation: Preparation,
    network: Network,
    *,
    num_members: int,
) -> str:
    """Return an HTML table of a trained model's layers.

    Args:
        training: training spec of the model.
        preparation: preparation of its inputs.
        network: network of each member.
        num_members: number of networks whose predictions are averaged.
    """
    task = preparation.task
    kind = f"{task.kind}, predicts {task.target} from {preparation.kind} data"
    num_parameters = num_members * network.num_parameters
    of = f" of {num_members} members" if num_members > 1 else ""
    caption = f"{kind}; {num_parameters:,} parameters{of}"
    if training.own is not None:
        return html_table(caption, [(factory_name(training.to_data()),)])
    rows = describe(
        training.model, preparation.input_shape, num_outputs=network.num_outputs
    )
    cells = [
        (
            row.name,
            " × ".join(map(str, row.output_shape)),
            f"{row.num_parameters:,}",
            row.formula,
        )
        for row in rows
    ]
    head = ("layer", "output", "parameters", "formula")
    return html_table(caption, cells, head=head)
