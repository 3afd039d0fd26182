"""The accounts of the cost chart: their fixed order, groups and looks."""

from __future__ import annotations

from dataclasses import dataclass

from changeflow.present.drawing.palette import PAPER
from changeflow.present.words.plain import plain

SUCCESS = "success"
OWNERSHIP = "ownership"
UNDONE = "waiting and undone"
GROUPS = (SUCCESS, OWNERSHIP, UNDONE)


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its group, and a fill that differs from its neighbours in lightness or hatch."""

    name: str
    group: str
    fill: str
    hatch: str = ""
    ink: str = PAPER

    @property
    def label(self) -> str:
        """The account in plain words."""
        return plain(self.name)


# Hues apart from those of the configurations. What is not paid but owed is hatched on white.
ACCOUNTS = (
    Account("adaptation", SUCCESS, "#3A2E5C"),
    Account("cost_of_error", SUCCESS, "#9385C4", "////"),
    Account("in_house_labour", OWNERSHIP, "#4F5B66"),
    Account("vendor_invoices", OWNERSHIP, "#8E9BA6", "---"),
    Account("licence", OWNERSHIP, "#CBD2D8"),
    Account("hosting", OWNERSHIP, "#E9EDF0", "...", "#4F5B66"),
    Account("day_job", OWNERSHIP, "#2F6F73"),
    Account("training", OWNERSHIP, "#7FB3B0", "///"),
    Account("enforcement", OWNERSHIP, "#BFDAD6", "|||", "#2F6F73"),
    Account("second_project", OWNERSHIP, "#6F5A86"),
    Account("waiting", UNDONE, "#E6C65C"),
    Account("unmet_need", UNDONE, PAPER, "xxxx", "#7A3B2E"),
    Account("write_off", UNDONE, PAPER, "++", "#7A3B2E"),
    Account("open_liability", UNDONE, PAPER, r"\\\\", "#7A3B2E"),
)


def account_key(name: str) -> str:
    """The account's formal name, whether it came as 'unmet need', 'unmet_need' or 'unmet_need_cost'."""
    return name.lower().replace(" ", "_").replace("-", "_").removesuffix("_cost")


def accounts_for(names: set[str]) -> list[Account]:
    """The accounts to draw, in the fixed order; one this file does not know comes last, in grey."""
    known = {account.name for account in ACCOUNTS}
    unknown = sorted(names - known)
    return [account for account in ACCOUNTS if account.name in names] + [
        Account(name, UNDONE, "#EFEFEF", "", "#555555") for name in unknown
    ]
