"""Published rules, adapted to measurements that are taken once per epoch.

References:
    Zhang et al., 2021, "AutoTrainer: an automatic DNN training problem detection and
    repair system" (its thresholds).
    Wardat et al., 2022, "DeepDiagnosis" (dead and saturated shares).
    Amazon SageMaker Debugger, built-in rules (documentation).
    Schoop et al., 2021, "UMLAUT: debugging deep learning programs using program
    structure and model behavior".
    Ben Braiek and Khomh, 2023, "Testing feedforward neural networks training programs"
    (TheDeepChecker).
"""

from collections.abc import Callable

import numpy as np

from assay.doctor import Evidence

__all__ = ["RULE_SETS"]


def autotrainer(evidence: Evidence) -> bool:
    """Return whether one of the five rules is triggered and the task is not solved."""
    if evidence.diverged_at is not None:
        return True
    score = 1 - (1 - evidence.train_skill) * 0.5  # the accuracy, approximately
    improved = len(score) and score.max() - score[0] >= 0.01 and score.max() >= 0.6
    if improved and evidence.skill >= 0.2:
        return False
    norms = evidence.monitor("gradient_norm", -1)[evidence.with_parameters]
    if len(norms) < 2:
        return False
    vanishing = norms[0] < 1e-4 and norms[0] / max(norms[-1], 1e-30) < 1e-3
    exploding = norms[0] / max(norms[-1], 1e-30) > 70 or not np.isfinite(norms).all()
    dying = np.nanmax([0, *evidence.monitor("dead_share", -1)]) >= 0.7
    swings = np.abs(np.diff(score)) >= 0.03
    return bool(vanishing or exploding or dying or swings.mean() >= 0.2)


def deep_diagnosis(evidence: Evidence) -> bool:
    """Return whether units are dead or saturated, or the cost stagnates."""
    if evidence.diverged_at is not None:
        return True
    dead = np.nanmax([0, *evidence.monitor("dead_share", -1)]) >= 0.7
    saturated = np.nanmax([0, *evidence.monitor("saturated_share", -1)]) > 0.5
    costs = evidence.train_cost
    still = len(costs) > 4 and abs(costs[-1] - costs[-4]) < 0.01 * abs(costs[-4])
    norms = evidence.monitor("gradient_norm", -1)[evidence.with_parameters]
    vanishing = len(norms) and np.nanmin(norms) < 1e-6
    return bool(dead or saturated or still or vanishing)


def sagemaker(evidence: Evidence) -> bool:
    """Return whether one of the built-in rules with fixed thresholds is triggered."""
    if evidence.diverged_at is not None:
        return True
    costs = evidence.train_cost
    falls = np.abs(np.diff(costs)) / np.maximum(np.abs(costs[:-1]), 1e-12)
    ratios = evidence.monitor("update_ratio", -1)
    overfit = evidence.skill - evidence.skill_on_val > 0.1
    return bool(
        (falls < 0.05).mean() > 0.5
        or np.nanmax([0, *evidence.monitor("dead_share", -1)]) > 0.5
        or np.nanmax([0, *ratios]) > 10
        or np.nanmin([1, *ratios]) < 1e-8
        or overfit
    )


def umlaut(evidence: Evidence) -> bool:
    """Return whether inputs exceed [-1, 1], or the val score is too high or falling."""
    if evidence.diverged_at is not None:
        return True
    data, val, train = evidence.data, evidence.val_skill, evidence.train_skill
    outside = data is not None and bool(
        (np.abs(data.input_means) + data.input_stds > 1).any()
    )
    overfit = len(val) > 1 and val[-1] < val[-2] and train[-1] > train[-2]
    return bool(outside or evidence.skill_on_val > 0.9 or overfit)


def deep_checker(evidence: Evidence) -> bool:
    """Return whether updates are too large or too small, or units are dead."""
    if evidence.diverged_at is not None:
        return True
    ratios = evidence.monitor("update_ratio", -1)
    dead = np.nanmax([0, *evidence.monitor("dead_share", -1)]) > 0.5
    saturated = np.nanmax([0, *evidence.monitor("saturated_share", -1)]) > 0.5
    largest, smallest = np.nanmax([0, *ratios]), np.nanmin([1, *ratios])
    return bool(largest > 0.1 or smallest < 1e-4 or dead or saturated)


RULE_SETS: dict[str, Callable[[Evidence], bool]] = {
    "AutoTrainer": autotrainer,
    "DeepDiagnosis": deep_diagnosis,
    "SageMaker": sagemaker,
    "UMLAUT": umlaut,
    "TheDeepChecker": deep_checker,
}
