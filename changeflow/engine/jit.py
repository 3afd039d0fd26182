"""The only place that knows Numba: how functions of numbers are compiled, and where machine code is kept.

Numba's own cache looks only at the file of the function it stores: edit a function that this one calls and
stale machine code runs on. So the cache folder carries a digest of every source of the engine. It also looks at
where that file lies and when it was written; here only its content counts, so that an installed copy and a checkout
share their machine code.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np
from numba.core import cgutils
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator
from numba.core.runtime import rtsys
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

_SOURCES = Path(__file__).resolve().parent


def source_digest(folder: Path = _SOURCES) -> str:
    """A digest of all sources below a folder, and of the versions of the compiler and of NumPy."""
    digest = hashlib.blake2b(f"{numba.__version__} {np.__version__}".encode(), digest_size=8)
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def cache_folder(digest: str) -> Path:
    """A folder of our own that can be written: under the user's cache, else under the temporary folder."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  may lack a home
    for root in (Path(home) / "changeflow", Path(tempfile.gettempdir()) / f"changeflow-{os.getuid()}"):
        folder = root / f"machine-code-{digest}"
        if not folder.is_absolute():  # no home: expanduser leaves the tilde
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            status = folder.stat()
            ours = status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            continue
        if ours:
            return folder
    return Path(tempfile.mkdtemp(prefix="changeflow-"))


FOLDER = cache_folder(source_digest())
numba.config.CACHE_DIR = str(FOLDER)


def kernel_is_warm(code: str) -> bool:
    """True when this machine code of the compiled engine's loop is in the cache; see Layout.code."""
    return _mark(code).exists()


@contextlib.contextmanager
def one_compiles(code: str) -> Iterator[None]:
    """Around the first steps of a loop: of all processes that need this machine code one compiles it, the others wait.

    Then they load what it has made, and it is remembered that it is there.
    """
    with contextlib.ExitStack() as until_made:
        with contextlib.suppress(OSError):  # where nothing can be locked, each compiles for itself
            lock = until_made.enter_context(_mark(f"{code}.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
        with contextlib.suppress(OSError):
            _mark(code).touch()


def _mark(code: str) -> Path:
    return FOLDER / f"loop-{code}"


@cache
def _floor_of(file: str) -> Path:
    """The folder right below a source's outermost package, such as engine/ or measure/; else the one it lies in."""
    folders = Path(file).resolve().parents
    packages = list(takewhile(lambda folder: (folder / "__init__.py").is_file(), folders))
    return packages[-2] if len(packages) > 1 else folders[0]


@cache
def _stamp(floor: Path) -> str:
    return source_digest(floor)


class _ByContent(UserProvidedCacheLocator):  # type: ignore[misc]
    """Machine code of the same sources is the same wherever they lie; a callee on the same floor counts, too.

    That of other sources lies elsewhere, so that two versions of this program do not take each other's away.
    """

    def get_cache_path(self) -> str:
        return str(FOLDER / f"{_floor_of(self._py_file).name}-{self.get_source_stamp()}")

    def get_source_stamp(self) -> str:
        return _stamp(_floor_of(self._py_file))


class _InOurFolder(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = [_ByContent]


class _MachineCode(FunctionCache):  # type: ignore[misc]
    """Numba's cache of one function, which loads machine code without first loading all that compiling needs.

    That takes longer than a small comparison; machine code needs only Numba's memory, and Numba loads the rest by
    itself before it compiles.
    """

    _impl_class = _InOurFolder

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of numbers and arrays at its first call; machine code is kept between processes.

    The doors for callers in C, and those of functions that only compiled ones call, are a sixth of compiling: none.
    """
    made: Any = numba.njit(nogil=True, no_cfunc_wrapper=True)(function)
    if made is not function:  # Numba may be off
        made._cache = _MachineCode(function)
        _for_all_numbers(made)
    return made  # type: ignore[no-any-return]


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """The same for a function that only compiled ones call: the optimizer puts it where it is called.

    Numba's inline="always" copies the source at each call instead: 14 s to compile the loop, not 10, and no faster.
    """
    made: Any = numba.njit(nogil=True, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    if made is not function:
        _for_all_numbers(made)
    return made  # type: ignore[no-any-return]


def _for_all_numbers(made: Any) -> None:
    """One machine code of a function whatever whole numbers it is called with from others.

    Numba makes one for each size of them, and one for each constant: eleven of a function that plans an event.
    """
    template = made.get_call_template

    def general(args: Any, kws: Any) -> Any:
        types: Any = numba.types

        def of(given: Any) -> Any:
            kind = types.unliteral(given)
            return types.int64 if isinstance(kind, types.Integer) and kind.bitwidth < 64 else kind

        return template(tuple(map(of, args)), {name: of(given) for name, given in kws.items()})

    made.get_call_template = general


def borrowed(array: NDArray[Any]) -> NDArray[Any]:
    """The same array without its owner, so that nothing is counted in a loop over records (see `array_at`).

    Only an array that lies in one piece is lent; others (a slice with steps) stay as they are.
    """
    return array


@overload(borrowed)  # type: ignore[untyped-decorator]
def _borrowed(array: Any) -> Any:
    def lent(array: Any) -> Any:
        return _view(array.ctypes.data, array.size, array.dtype)

    def same(array: Any) -> Any:
        return array

    return lent if array.layout == "C" and array.ndim == 1 else same


def array_at(address: int, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The array of `size` items that lies at a memory address and outlives the call.

    Compiled code counts references to every array that it is handed, at each use and with a locked instruction;
    arrays made from an address inside the loop have no owner and cost nothing (measured: three times as fast).
    """
    memory = (ctypes.c_char * (int(size) * dtype.itemsize)).from_address(int(address))
    found: NDArray[Any] = np.frombuffer(memoryview(memory), dtype)
    return found


def part(name: str, dtype: np.dtype[Any]) -> Callable[[Any], NDArray[Any]]:
    """A function that makes an array from its address and size, which stand in a record under its name.

    They stay the same while compiled code runs. The optimizer is told so: it would otherwise look them up again
    after each write, since that might have gone to one of them.
    """

    def read(record: Any) -> NDArray[Any]:
        return array_at(record[name], record[f"{name}_size"], dtype)

    def signature(_: Any, record: Any) -> Any:
        array_type = numba.types.Array(numba.from_dtype(dtype), 1, "C")

        def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
            kind, numbers = context.get_value_type(numba.types.intp), []
            for field in (name, f"{name}_size"):
                at = cgutils.get_record_member(builder, arguments[0], record.offset(field), kind)
                numbers.append(builder.load(at))
                numbers[-1].set_metadata("invariant.load", builder.module.add_metadata([]))
            return _without_owner(context, builder, array_type, *numbers)

        return array_type(record), generate

    return read if numba.config.DISABLE_JIT else intrinsic(signature)


def _without_owner(context: Any, builder: Any, array_type: Any, address: Any, size: Any) -> Any:
    from numba.np.arrayobj import populate_array  # noqa: PLC0415  only compiling needs it

    item_type = context.get_data_type(array_type.dtype)
    item = context.get_constant(numba.types.intp, context.get_abi_sizeof(item_type))
    array = context.make_array(array_type)(context, builder)
    pointer = builder.inttoptr(address, item_type.as_pointer())
    populate_array(array, data=pointer, shape=(size,), strides=(item,), itemsize=item, meminfo=None)
    return array._getvalue()


@intrinsic  # type: ignore[untyped-decorator]
def _view(_: Any, address: Any, size: Any, dtype: Any) -> Any:
    array_type = numba.types.Array(dtype.dtype, 1, "C")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        length = context.cast(builder, arguments[1], signature.args[1], numba.types.intp)
        return _without_owner(context, builder, array_type, arguments[0], length)

    return array_type(address, size, dtype), generate


# No inline="always" here, nor above: Numba then looks for dead code, and drops `array[i] = value` wherever the
# function that made the array from its address does not read it again. LLVM inlines these by itself.
@overload(array_at)  # type: ignore[untyped-decorator]
def _array_at(address: Any, size: Any, dtype: Any) -> Any:
    def found(address: Any, size: Any, dtype: Any) -> Any:
        return _view(address, size, dtype)

    return found
