"""How unevenly something is spread: one number from 0 (all have the same) towards 1 (one has all). Pure."""

from collections.abc import Sequence


def gini(amounts: Sequence[float]) -> float:
    """Gini's coefficient of amounts, none below nought; of nothing, of one, and of noughts alone it is 0.

    For ascending x: Σ (2i - n - 1) x_i / (n Σ x), which is half the mean difference of all pairs over the mean
    (C. Gini, 1912; in this form P. M. Dixon et al., Ecology 68, 1987). With n holders it is at most (n - 1) / n.
    ValueError: an amount is below nought.
    """
    ascending = sorted(amounts)
    total = sum(ascending)
    if ascending and ascending[0] < 0:
        raise ValueError("nobody has less than nothing")
    if not total:
        return 0.0
    count = len(ascending)
    weighted = sum((2 * place - count - 1) * amount for place, amount in enumerate(ascending, 1))
    return weighted / (count * total)
