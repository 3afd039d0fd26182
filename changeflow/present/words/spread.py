"""How organisations differ, in sentences: what is drawn for each, and how much of the cost that decides."""

from __future__ import annotations

import math
from collections.abc import Iterator

from changeflow.measure.estimates.anova import VarianceSplit
from changeflow.model.requests.organisation import Fixed, Normal, Shift
from changeflow.model.schema import Model
from changeflow.model.values import moments
from changeflow.present.words.plain import digits, plain
from changeflow.study.estimates.results import Results

SHOWN = "total_cost_with_undone"


def spread_sentence(results: Results) -> str:
    """The share of the variance of cost that lies between organisations; '' where they do not differ."""
    splits = {name: result.splits[SHOWN] for name, result in results.scenarios.items() if SHOWN in result.splits}
    if not splits:
        return ""
    first = next(iter(splits.values()))
    shares = "; ".join(
        ("" if len(results.scenarios) == 1 else f"{plain(name)} ") + _share(split) for name, split in splits.items()
    )
    return (
        f"{first.organisations} organisations of {first.runs_each} runs; of the variance of {plain(SHOWN)} "
        f"lies between organisations: {shares}"
    )


def _share(split: VarianceSplit) -> str:
    return f"{split.share:.0%} ({split.low:.0%} to {split.high:.0%})"


def variation_story(model: Model) -> Iterator[str]:
    """What is drawn anew for each organisation."""
    variation = model.organisation.variation
    if variation is None:
        return
    drawn = []
    if variation.request_rate is not None:
        law = variation.request_rate
        deviation = moments.mean(law) * math.sqrt(max(moments.scv(law), 0.0))
        drawn.append(f"a factor on its rates ({digits(moments.mean(law))}, standard deviation {digits(deviation)})")
    if variation.specification_quality is not None:
        drawn.append(f"a shift of the quality of its specifications ({_shift(variation.specification_quality)})")
    if variation.readiness is not None:
        mean = digits(moments.mean(variation.readiness))
        drawn.append(f"its readiness r (mean {mean}; the misfits of go-live count 2 (1 - r) times)")
    runs = variation.replications_per_organisation
    whose = f"Every {runs} runs are" if runs > 1 else "Every run is"
    yield f"{whose} of another organisation; drawn for each: {', '.join(drawn)}."
    yield "Loads are means over organisations; intervals count organisations."


def _shift(law: Shift) -> str:
    if isinstance(law, Fixed):
        return f"{law.value:+g}"
    if isinstance(law, Normal):
        return f"{law.mean:+g}, standard deviation {law.sd:g}"
    return f"{law.low:+g} to {law.high:+g}"
