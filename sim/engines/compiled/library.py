"""The compiled model in one of three forms, which give the same bits: `model.wasm`, a native library, or Python itself.

`model.wasm` is shipped and runs at once. A native library is made where the work is worth it and a C compiler is at hand. The
Python of the phases runs as it stands, slowly, for reading and debugging. `ARMSRACE_COMPILED` names one of them: wasm, native, python.
"""

import atexit
import ctypes
import errno
import hashlib
import os
import platform
import re
import stat
import sys
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from sim.data.region import DECIDING, MAX_MODULE
from sim.engines.compiled import build, translation
from sim.io import plugged, provenance
from sim.io.assets import data_file, is_shipped_region
from sim.io.errors import refusal, shown_path
from sim.io.files import read_bytes
from sim.io.log import LOG
from sim.io.writing import spool, written_whole
from sim.translator.scope import Untranslatable
from sim.translator.types import BOOL, FLOAT, Number, leaves, signature_of

FORM = "ARMSRACE_COMPILED"  # of the environment: wasm, native or python
FORMS = ("wasm", "native", "python")
CACHE = "ARMSRACE_CACHE"  # of the environment: the folder of compiled code
WORTH_COMPILING = 100_000  # simulations from which a native library pays for its making
REMEDY = "remove it, or make it anew with `python -m sim.engines.compiled.build`, this region in ARMSRACE_REGION"
KEPT = 8  # files in the cache
_KEPT_NAME = re.compile(r"(code|machine|model)-[0-9a-f]{32}-[0-9a-f]{32}(\.[a-z]+)?")  # of a file of the cache
# What the C text is made from.
SOURCES = ("data", "engines/compiled", "io", "model", "rules", "translator")
PAGE = 65_536  # bytes of a page of WebAssembly's memory
ALIGNED = 64  # bytes

Array = NDArray[Any]


class Room(NamedTuple):
    """An array that compiled code can reach."""

    shape: tuple[int, ...]
    dtype: type = np.float64


class Copy(ABC):
    """A copy of the model with memory of its own, for one thread at a time; `arrays` are those asked for, by name, and hold zeros."""

    arrays: dict[str, Array]

    @abstractmethod
    def call(self, function: Callable[..., Any], **arguments: Any) -> Callable[[], Any]:
        """A call that is ready to be made, any number of times: of a translated function, with numbers and with these arrays."""

    @abstractmethod
    def each(self, rule: Callable[..., Any], arguments: Array, results: Array) -> None:
        """A rule for every member: arguments (arguments, members) and results (members,), both of these arrays."""


class Library(ABC):
    """The compiled model in one of its forms; any number of copies can be made of it."""

    form: str

    @abstractmethod
    def copy(self, rooms: Mapping[str, Room]) -> Copy:
        """A copy with room for some arrays, and for nothing more."""


# ---- Python ----------------------------------------------------------------------------------------------------------


class PythonLibrary(Library):
    """The phases as they stand, run by Python."""

    form = "python"

    def copy(self, rooms: Mapping[str, Room]) -> "PythonCopy":
        return PythonCopy({name: np.zeros(*room) for name, room in rooms.items()})


class PythonCopy(Copy):
    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays

    def call(self, function: Callable[..., Any], **arguments: Any) -> Callable[[], Any]:
        def called() -> Any:
            with np.errstate(all="ignore"):
                return function(**arguments)

        return called

    def each(self, rule: Callable[..., Any], arguments: Array, results: Array) -> None:
        kinds = [int if kind == _WHOLE else float for kind in signature_of(rule)[0].values()]
        for member, column in enumerate(arguments.T.tolist()):
            results[member] = rule(*(kind(value) for kind, value in zip(kinds, column, strict=True)))


# ---- compiled --------------------------------------------------------------------------------------------------------


class CompiledCopy(Copy):
    """A copy whose functions take numbers, and arrays as an address, from `start` on, and the lengths that are not known before."""

    start: int

    @abstractmethod
    def _function(self, name: str) -> Callable[..., Any]: ...

    @abstractmethod
    def _number(self, value: Any, kind: Number) -> Any: ...

    @abstractmethod
    def _address(self, array: Array) -> Any: ...

    def call(self, function: Callable[..., Any], **arguments: Any) -> Callable[[], Any]:
        taken = list(self._taken(function, arguments))
        compiled = self._function(function.__name__)
        return lambda: compiled(*taken)

    def _taken(self, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        """What the function in C takes, in order."""
        for name, kind in signature_of(function)[0].items():
            for (_, leaf), value in zip(leaves(name, kind), values_in(arguments[name]), strict=True):
                if isinstance(leaf, Number):
                    yield self._number(value, leaf)
                else:
                    yield self._address(_checked(name, value, leaf))
                    for length, known in zip(value.shape, leaf.lengths, strict=True):
                        if known is None:
                            yield self._number(length, _WHOLE)

    def each(self, rule: Callable[..., Any], arguments: Array, results: Array) -> None:
        count = self._number(results.size, _WHOLE)
        self._function(translation.rule_name(rule))(count, self._address(arguments), self._address(results))


_WHOLE = Number("int")


def values_in(value: Any) -> list[Any]:
    """An argument's numbers and arrays: the parts of a record one after the other."""
    return [leaf for part in value for leaf in values_in(part)] if isinstance(value, tuple) else [value]


def _checked(name: str, array: Array, kind: Any) -> Array:
    """An array that has the shape and the type which compiled code takes for granted."""
    lengths = array.shape
    fits = len(lengths) == len(kind.lengths) and all(
        known in (None, length) for length, known in zip(lengths, kind.lengths, strict=True)
    )
    if not fits or not array.flags.c_contiguous or array.dtype != _DTYPES[kind.element]:
        raise TypeError(f"{name}: {array.dtype} {lengths} is not {kind.element.name} {kind.lengths}")
    return array


_DTYPES = {FLOAT: np.float64, _WHOLE: np.int64, BOOL: np.bool_}


class NativeLibrary(Library):
    """A shared library for this machine."""

    form = "native"

    def __init__(self, file: Path) -> None:
        """Raises OSError if the file is no library that can be loaded here."""
        self.library = ctypes.CDLL(str(file))

    def copy(self, rooms: Mapping[str, Room]) -> "NativeCopy":
        return NativeCopy(self.library, {name: np.zeros(*room) for name, room in rooms.items()})


class NativeCopy(CompiledCopy):
    def __init__(self, library: ctypes.CDLL, arrays: dict[str, Array]) -> None:
        self.library = library
        self.arrays = arrays

    def _function(self, name: str) -> Callable[..., Any]:
        function = getattr(self.library, name)
        function.restype = None
        return function

    def _number(self, value: Any, kind: Number) -> Any:
        return {FLOAT: ctypes.c_double, BOOL: ctypes.c_bool}.get(kind, ctypes.c_int64)(value)

    def _address(self, array: Array) -> Any:
        return ctypes.c_void_p(array.ctypes.data)


class WasmLibrary(Library):
    """The shipped module, run by wasmtime."""

    form = "wasm"

    def __init__(self, content: bytes) -> None:
        import wasmtime

        is_bounded = are_addresses_bounded()
        config = wasmtime.Config()
        config.memory_init_cow = False  # else the little data of the module go through a file, which a quota may refuse
        if (
            is_bounded
        ):  # else each copy of the model reserves four gigabytes of addresses, of which it uses one or two megabytes
            config.memory_reservation = config.memory_guard_size = config.memory_reservation_for_growth = 0
        self.engine = wasmtime.Engine(config)
        leave_at_exit(self.engine)
        machine = f"{version('wasmtime')} {sys.platform} {platform.machine()} plain{' bounded' if is_bounded else ''}"
        self.module = self._machine_code(content, f"machine-{digest(content + machine.encode())}")
        leave_at_exit(self.module)

    def _machine_code(self, content: bytes, stem: str) -> Any:
        """The module as machine code, that of an earlier run unless there is none or it is another processor's."""
        import wasmtime

        with suppress(wasmtime.WasmtimeError):
            if (file := kept(stem)) is not None:
                return wasmtime.Module.deserialize_file(self.engine, str(file))
        module = wasmtime.Module(self.engine, content)
        with suppress(OSError):
            keep(stem, bytes(module.serialize()))
        return module

    def copy(self, rooms: Mapping[str, Room]) -> "WasmCopy":
        return WasmCopy(self, rooms)


def are_addresses_bounded() -> bool:
    """Whether the system gives this process a limited range of addresses, as `ulimit -v` and many clusters do."""
    try:
        import resource
    except ImportError:
        return False
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


class WasmCopy(CompiledCopy):
    """An instance whose memory holds the arrays behind the module's own data; it never grows afterwards."""

    def __init__(self, library: WasmLibrary, rooms: Mapping[str, Room]) -> None:
        import wasmtime

        self.store = wasmtime.Store(library.engine)
        leave_at_exit(self.store)
        self.exports = wasmtime.Instance(self.store, library.module, []).exports(self.store)
        memory: Any = self.exports["memory"]
        sizes = [int(np.prod(room.shape)) * np.dtype(room.dtype).itemsize for room in rooms.values()]
        first = memory.data_len(self.store)
        memory.grow(self.store, -(-sum(-(-size // ALIGNED) * ALIGNED for size in sizes) // PAGE))
        self.start = ctypes.addressof(memory.data_ptr(self.store).contents)
        self.arrays = {}
        self._functions: dict[str, Callable[..., Any]] = {}
        for (name, room), size in zip(rooms.items(), sizes, strict=True):
            space: Any = (ctypes.c_char * size).from_address(self.start + first)
            space.owner = self.store  # the array keeps the memory
            self.arrays[name] = np.ndarray(room.shape, room.dtype, memoryview(space))
            first += -(-size // ALIGNED) * ALIGNED

    def _function(self, name: str) -> Callable[..., Any]:
        if name not in self._functions:
            function: Any = self.exports[name]
            whole = partial(function, self.store)
            self._functions[name] = _direct(self.store, function, whole) or whole
        return self._functions[name]

    def _number(self, value: Any, kind: Number) -> Any:
        return float(value) if kind == FLOAT else int(value)

    def _address(self, array: Array) -> Any:
        return array.ctypes.data - self.start


def _direct(store: Any, function: Any, whole: Callable[..., Any]) -> Callable[..., None] | None:
    """A call of a function without result that knows its types; None where this wasmtime is built in another way.

    wasmtime's own call asks for the types of a function every time, which takes longer than a rule over a thousand members.

    whole : that call, which says what is wrong if anything is
    """
    try:
        from wasmtime import _ffi as ffi

        kinds = [str(kind) for kind in function.type(store).params]
        values = (ffi.wasmtime_val_t * len(kinds))()
        for value, kind in zip(values, kinds, strict=True):
            value.kind = getattr(ffi, f"WASMTIME_{kind.upper()}")
        trap: Any = ctypes.POINTER(ffi.wasm_trap_t)()
        call: Any = ffi.wasmtime_func_call
        context, address = store._context(), ctypes.byref(function._func)
    except (ImportError, AttributeError):
        return None
    places = [(value.of, kind) for value, kind in zip(values, kinds, strict=True)]

    def called(*taken: Any) -> None:
        for (place, kind), number in zip(places, taken, strict=True):
            setattr(place, kind, number)
        if call(context, address, values, len(kinds), None, 0, ctypes.byref(trap)) or trap:
            whole(*taken)

    return called


def leave_at_exit(owned: Any) -> None:
    """Leave something of wasmtime's to the system when Python takes itself apart: a thread may still run in it."""
    if not _owned:
        atexit.register(lambda: [ctypes.pythonapi.Py_IncRef(ctypes.py_object(each)) for each in list(_owned)])
    _owned.add(owned)


_owned: weakref.WeakSet[Any] = weakref.WeakSet()


# ---- which of them ---------------------------------------------------------------------------------------------------


def library(simulations: int = 0) -> Library:
    """The form in which the model runs.

    simulations : how many are to come; for many, a native library is made if there is a compiler

    Raises InputError if equations were edited and cannot be compiled, or if FORM names no form.
    """
    form = os.environ.get(FORM, "")
    if form and form not in FORMS:
        raise refusal("the model", f"{FORM}={form}: not one of {', '.join(FORMS)}")
    with _one_at_a_time:
        if simulations >= WORTH_COMPILING:
            _much_is_to_come.add(form)
        return _library(form, form in _much_is_to_come)


_one_at_a_time = threading.Lock()  # or every thread compiles
_much_is_to_come: set[str] = set()  # forms that were asked for much work in this program: the rest of it runs as fast


@cache
def _library(form: str, is_much: bool) -> Library:
    if form == "python":
        return PythonLibrary()
    code = current_digest()
    module = read_bytes(build.SHIPPED, MAX_MODULE) if build.SHIPPED.exists() else b""
    is_shipped = build.digest_of(module) == code
    if module and not is_shipped and not is_shipped_region():
        LOG.warning(f"{shown_path(build.SHIPPED)} is not of today's data and equations and is left aside; {REMEDY}")
    if form != "wasm" and (found := _native(code)) is not None:
        return found
    if form == "wasm" and not is_shipped:
        remedy = "`python -m sim.engines.compiled.build` makes it anew"
        raise refusal("the model", f"{build.SHIPPED.name} was made of other equations; {remedy}")
    compiler = build.native_compiler()
    if is_shipped and form != "native" and not (is_much and compiler):
        return _tried(module)
    if compiler is None:
        remedy = (
            "install one (`pip install ziglang`, or your system's gcc or clang), or run with --engine agents, which needs none "
            "and is some hundred times slower"
        )
        raise refusal("the model", f"{_changed()}, and no C compiler is here to compile the model; {remedy}")
    try:
        return _made(compiler, is_edited=not is_shipped)
    except (build.CannotCompileError, OSError) as error:
        if not is_shipped or form == "native":
            raise refusal("the model", f"the model could not be compiled: {error}") from error
        LOG.warning(f"Goes on without a native library, at about half the speed: {error}")
        return _tried(module)


def _tried(module: bytes) -> WasmLibrary:
    """A module of today's equations; InputError for one of a user's folder that is broken, or gives other bits than Python in a trial."""
    if is_shipped_region():
        return WasmLibrary(module)
    from sim.engines.compiled.engine import trial

    wanted = trial(PythonLibrary())
    fault = "gives other numbers than the equations do"
    try:
        found = WasmLibrary(module)
        if trial(found) == wanted:
            return found
    except Exception as error:  # noqa: BLE001 - whatever is wrong in a user's module is told as the user's
        fault = f"does not run ({type(error).__name__})"
    raise refusal(build.SHIPPED, f"{fault}; {REMEDY}")


def _changed() -> str:
    """Why the shipped module does not do."""
    return "this region brings no model.wasm" if not build.SHIPPED.exists() else "the equations were changed"


def _native(code: str) -> NativeLibrary | None:
    """The native library of today's code, if it was made before and is nobody else's."""
    with suppress(OSError):
        if (file := kept(build.native_stem(code), build.SUFFIX)) is not None:
            return NativeLibrary(file)
    return None


def _made(compiler: build.Command, *, is_edited: bool) -> NativeLibrary:
    """Compile the native library, and say so. Raises CannotCompileError or OSError."""
    asked = f"as {FORM}=native asks" if os.environ.get(FORM) else "for so many simulations"
    why = _changed() if is_edited else asked
    began = time.monotonic()
    LOG.warning(f"Compiling the model, {why} ...")
    text = todays_c()
    stem = build.native_stem(translation.code_digest(text))
    file = keep(stem, build.native_bytes(text, compiler), build.SUFFIX)
    LOG.warning(f"Compiled in {time.monotonic() - began:.0f} s, into {file.parent}.")
    return NativeLibrary(file)


# ---- what is kept ----------------------------------------------------------------------------------------------------


@cache
def current_digest() -> str:
    """Digest of the code of today's equations; worked out once for each state of the sources.

    Where sources were edited after this program began, the files are not what it has loaded: then nothing is noted or believed. Nor
    with rules of a plug-in, which may be made of files that nobody names.
    """
    if plugged.RULES:
        return translation.code_digest(todays_c())
    data = [data_file(*parts) for parts in DECIDING]
    stem = f"code-{provenance.sources_digest(SOURCES, data)[:32]}"
    is_loaded = provenance.is_as_loaded(SOURCES, data)
    if is_loaded and (note := kept(stem)) is not None:
        return note.read_text(encoding="ascii")
    code = translation.code_digest(todays_c())
    if is_loaded:
        with suppress(OSError):
            keep(stem, code.encode())
    return code


def todays_c() -> str:
    """The C file of today's equations. Raises InputError for what lies outside the subset."""
    try:
        return translation.model_as_c()
    except Untranslatable as error:
        what_to_do = (
            "docs/engine.md says what can be written; --engine agents runs any Python, some hundred times slower"
        )
        fault = f"the equations were changed, and cannot be compiled: {error} ({what_to_do})"
        raise refusal("the model", fault) from error


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def kept(stem: str, suffix: str = "") -> Path | None:
    """A file of the cache, whose name ends in the digest of its content; None if there is none, or it is damaged or not ours."""
    with suppress(OSError):
        for file in cache_folder().glob(f"{stem}-*{suffix}"):
            if is_own(file) and file.name == f"{stem}-{digest(file.read_bytes())}{suffix}":
                return file
    return None


def keep(stem: str, content: bytes, suffix: str = "") -> Path:
    """Write a file of the cache, for this user alone. Raises OSError; unless it must be there, the next run works it out again."""
    folder = cache_folder()
    file = folder / f"{stem}-{digest(content)}{suffix}"
    with written_whole(file) as draft:
        draft.touch(0o600)
        draft.chmod(0o600)
        draft.write_bytes(content)
    remove_old(folder, file)
    return file


def wanted_folder() -> Path:
    """Where the cache should be; OSError for a user without a home."""
    try:
        return Path(os.environ.get(CACHE) or user_cache_path("armsrace")) / "model"
    except RuntimeError as error:
        raise FileNotFoundError(errno.ENOENT, "there is no home folder", "~/.cache/armsrace") from error


@cache
def cache_folder() -> Path:
    """Folder of what is compiled or worked out once, open to this user alone; a temporary one where that cannot be."""
    try:
        root = wanted_folder()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_own(root) and os.access(root, os.W_OK):
            return root
        why = "others can write to it, or you cannot"
    except OSError as error:
        root, why = Path(str(error.filename)), str(error.strerror)
    remedy = f"{CACHE} names another folder"
    LOG.warning(f"{root}: {why}; what is compiled is not kept, and each start takes longer ({remedy})")
    draft = spool()
    atexit.register(draft.remove)
    return draft.path


def is_own(path: Path) -> bool:
    """Whether a file or folder is this user's, no link, and nobody else may write to it: else nothing of it is run."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def remove_old(folder: Path, kept: Path) -> None:
    """Leave the youngest files of the cache."""
    with suppress(OSError):
        files = [path for path in folder.iterdir() if _KEPT_NAME.fullmatch(path.name) and path != kept]
        files = [path for path in files if is_own(path) and path.is_file()]
        for path in sorted(files, key=lambda file: file.stat().st_mtime)[: max(0, len(files) - KEPT)]:
            path.unlink(missing_ok=True)
