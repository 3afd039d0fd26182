"""Are the targets met? The intervals decide."""

from __future__ import annotations

from collections.abc import Mapping

from changeflow.measure.records import Estimate
from changeflow.model.targets import Targets


def wanted_share(targets: Targets) -> float | None:
    """The share of requests that must meet the timed targets; None without one."""
    timed = [one.share for one in (targets.started_within, targets.closed_within) if one is not None]
    return max(timed, default=None)


def targets_met(targets: Targets, estimates: Mapping[str, Estimate], *, settles: bool | None) -> bool | None:
    """True: surely met; False: one is surely missed; None: cannot tell, or there is none."""
    verdicts: list[bool | None] = []
    wanted, share = wanted_share(targets), estimates.get("within_target_share")
    if wanted is not None:
        verdicts.append(
            None if share is None else True if share.low >= wanted else False if share.high < wanted else None
        )
    if targets.backlog_not_growing:
        verdicts.append(settles)
    if False in verdicts:
        return False
    return True if verdicts and all(verdicts) else None
