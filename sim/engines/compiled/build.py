"""From C to `model.wasm`, which runs anywhere, and to a native library for one machine.

`python -m sim.engines.compiled.build` makes the `model.wasm` that is shipped, and that of each shipped region; with `--check` it
compares bytes instead. It needs ziglang, in the version that constraints.txt names, since another compiler writes other bytes.
"""

import argparse
import hashlib
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sim.io.assets import REGION, region_folder, shipped_regions
from sim.io.errors import InputError
from sim.io.stops import child_result
from sim.io.terminal import complain, say
from sim.io.writing import temp_store, written_whole
from sim.translator.scope import Untranslatable

SHIPPED = (region_folder() or Path(__file__).parent) / "model.wasm"
# The same bits from every compiler: no two operations in one, no reordering, whole numbers that wrap around.
SAME_BITS = (
    "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fwrapv", "-fvisibility=hidden", "-w",
)  # fmt: skip
WASM = (
    "-target", "wasm32-freestanding", "-msimd128", "-mbulk-memory", "-nostdlib",
    "-Wl,--no-entry", "-Wl,--export-dynamic", "-Wl,--strip-all",
)  # fmt: skip
SECTION = b"armsrace"  # custom section of model.wasm that holds the digest of its code
SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
Command = tuple[str, ...]


class CannotCompileError(Exception):
    """A compiler that ends with an error, and what it says."""


def ziglang() -> Command | None:
    """The compiler that the extra `compiler` installs, which is clang; None where it is missing."""
    return (sys.executable, "-m", "ziglang", "cc") if importlib.util.find_spec("ziglang") else None


def native_compiler() -> Command | None:
    """A C compiler, the one that makes the fastest code first; None where there is none."""
    names = [found for name in ("clang", "cc", "gcc") if (found := shutil.which(name))]
    clang = [name for name in names if Path(name).name == "clang"]
    return (clang[0],) if clang else ziglang() or ((names[0],) if names else None)


def compiled(text: str, compiler: Command, flags: Sequence[str], folder: Path, suffix: str) -> Path:
    """Compile a C file in a folder. Raises CannotCompileError."""
    source, made = folder / "model.c", folder / f"model{suffix}"
    source.write_text(text, encoding="utf-8")
    result = child_result([*compiler, *SAME_BITS, *flags, "-o", str(made), str(source)])
    if result.returncode:
        name, said = Path(compiler[0]).name, result.stderr.strip()[-300:]
        raise CannotCompileError(f"{name} ended with code {result.returncode}: {said}")
    return made


# ---- model.wasm ------------------------------------------------------------------------------------------------------


def wasm_bytes(text: str) -> bytes:
    """The module of a C file, with the digest of its code at its end. Raises CannotCompileError."""
    from sim.engines.compiled.translation import code_digest

    compiler = ziglang()
    if compiler is None:
        raise CannotCompileError("ziglang is not installed; the extra `compiler` brings it")
    with temp_store() as folder:
        module = compiled(text, compiler, WASM, folder, ".wasm").read_bytes()
    content = bytes([len(SECTION)]) + SECTION + code_digest(text).encode()
    return module + bytes([0, len(content)]) + content


def digest_of(module: bytes) -> str:
    """The digest that stands at the end of a `model.wasm`, "" if there is none."""
    before, mark, digest = module.rpartition(bytes([len(SECTION)]) + SECTION)
    return digest.decode("ascii", "replace") if mark and before else ""


# ---- native library --------------------------------------------------------------------------------------------------


def native_flags(compiler: Command) -> tuple[str, ...]:
    """Flags for the processor at hand."""
    position = () if sys.platform == "win32" else ("-fPIC",)
    is_x86 = platform.machine().lower() in ("x86_64", "amd64")
    processor = ("-march=native",) if is_x86 and "ziglang" not in compiler else ()  # zig takes it as read
    return "-shared", *position, *processor


def native_stem(digest: str) -> str:
    """How the file of the native library of some code, compiled in today's way for the processor at hand, is called."""
    made_for = f"{digest} {SAME_BITS} {sys.platform} {platform.machine()} {processor()}"
    return f"model-{hashlib.sha256(made_for.encode()).hexdigest()[:32]}"


def processor() -> str:
    """What tells processors apart that cannot run each other's code, where a folder is shared between machines."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return " ".join(dict.fromkeys(line for line in lines if line.startswith(("flags", "Features", "isa"))))
    return f"{platform.processor()} {platform.node()}"


def native_bytes(text: str, compiler: Command) -> bytes:
    """The native library of a C file. Raises CannotCompileError."""
    with temp_store() as folder:
        return compiled(text, compiler, native_flags(compiler), folder, SUFFIX).read_bytes()


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the shipped modules anew, or compare them: that of this region, and without a region those of all."""
    parser = argparse.ArgumentParser(prog="python -m sim.engines.compiled.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the bytes with those that are there")
    parser.add_argument("--c", metavar="FILE", help="write the C file, to read")
    options = parser.parse_args(arguments)
    try:
        from sim.engines.compiled.translation import code_digest, model_as_c  # reads the region

        text = model_as_c()
        if options.c:
            Path(options.c).write_text(text, encoding="utf-8")
            return 0
        module = wasm_bytes(text)
    except (Untranslatable, CannotCompileError) as error:
        complain(str(error))
        return 1
    except InputError as error:
        complain(str(error))
        return 2
    name = SHIPPED.name if region_folder() is None else f"{SHIPPED.name} of {SHIPPED.parent.name}"
    is_same = SHIPPED.exists() and SHIPPED.read_bytes() == module
    if options.check:
        say(f"{name} {'is' if is_same else 'is NOT'} what {code_digest(text)} compiles to")
    else:
        with written_whole(SHIPPED) as draft:
            draft.write_bytes(module)
        say(f"{name}: {len(module):,d} bytes, code {code_digest(text)}")
    others = shipped_regions() if region_folder() is None else ()
    return max([int(options.check and not is_same), *(_of_another(region, arguments) for region in others)])


def _of_another(region: str, arguments: Sequence[str] | None) -> int:
    """The same for another region, whose numbers are constants of its own code: in a program of its own."""
    words = sys.argv[1:] if arguments is None else arguments
    os.environ[REGION] = region
    try:
        done = child_result([sys.executable, "-m", "sim.engines.compiled.build", *words])
    finally:
        del os.environ[REGION]
    (complain if done.returncode else say)((done.stdout + done.stderr).strip())
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
