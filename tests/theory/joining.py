"""Balking: a formula in the number present as a table of chances to join."""

from __future__ import annotations

import ast
import math
import operator
from typing import Any

from .reasons import Unsupported, number

LONGEST = 2_000
"""The chances are written out this far; beyond, the last holds. A station in balance hardly ever has so many."""


def chances(said: Any, where: str) -> list[float]:
    """Chances to join with 0, 1, 2, ... present: a number, or a formula in n such as '1/(n+1), n = number ...'."""
    if not isinstance(said, str):
        return [number(said, f"{where}: join_probability")]
    formula, _, meaning = said.partition(", n =")
    if "number in station" not in meaning:
        raise Unsupported(f"{where}: join_probability '{said}'")
    try:
        tree = ast.parse(formula.strip(), mode="eval").body
        found = [float(min(max(_value(tree, n), 0.0), 1.0)) for n in range(LONGEST)]
    except (SyntaxError, ArithmeticError):
        raise Unsupported(f"{where}: join_probability '{said}'") from None
    while len(found) > 1 and found[-1] == found[-2]:
        found.pop()
    return found


_OPERATORS: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Eq: operator.eq,
}  # fmt: skip
_FUNCTIONS: dict[str, Any] = {"min": min, "max": max, "exp": math.exp, "sqrt": math.sqrt}


def _value(tree: ast.expr, n: int) -> Any:
    """A formula in n; arithmetic and comparisons alone."""
    match tree:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.Name(id="n"):
            return n
        case ast.BinOp(left, sign, right) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left, n), _value(right, n))
        case ast.UnaryOp(sign, inner) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(inner, n))
        case ast.Compare(left, [sign], [right]) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left, n), _value(right, n))
        case ast.IfExp(test, body, orelse):
            return _value(body if _value(test, n) else orelse, n)
        case ast.Call(ast.Name(id=name), arguments) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(argument, n) for argument in arguments))
    raise Unsupported(f"join_probability: '{ast.unparse(tree)}'")
