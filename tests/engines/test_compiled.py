"""The compiled model: one text in several forms that give the same bits, never stale, and nobody else's."""

import base64
import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import wasmtime

import sim
from sim.cli.main import main
from sim.engines.compiled import build, engine, library, translation
from sim.engines.compiled.encoding import encoded
from sim.engines.simulate import prepared_scenario
from sim.ensembles.draws import fitted_values
from sim.io import provenance
from sim.io.assets import data_file
from sim.io.errors import InputError
from sim.io.quarters import COUNT
from sim.model.variables import all_series
from sim.rules.elementary import whole
from sim.scenario.loading import list_scenarios, load_scenario

LIBRARY = tuple(listing.id for listing in list_scenarios())
SCENARIO = "skydagger-delivery"
SCRIPT = Path(__file__).with_name("model_in_javascript.mjs")
CHROMIUM = os.environ.get("ARMSRACE_CHROMIUM", "")
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler here")
SHIPPED = build.SHIPPED.read_bytes()


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A cache of its own, with nothing remembered from before; returns its folder."""
    monkeypatch.setenv(library.CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(library.FORM, raising=False)
    monkeypatch.setattr(library, "_much_is_to_come", set())
    remembered = (library._library, library.cache_folder, library.current_digest)
    for one in remembered:
        one.cache_clear()
    yield tmp_path / "cache" / "model"
    for one in remembered:
        one.cache_clear()


def bits(form: library.Library, name: str = SCENARIO, members: int = 32, quarters: int = COUNT) -> bytes:
    """All that some members record, by one form of the model."""
    return recorded_by(form, name, members, quarters).tobytes()


def block_of(form: library.Library, name: str, members: int, quarters: int) -> tuple[engine.Block, engine.Given]:
    world = prepared_scenario(load_scenario(name))
    numbers = np.arange(members, dtype=np.int64)
    given = engine.Given(np.array(world.parameters.fitted, dtype=np.int64), fitted_values(world.parameters, 3, numbers))
    rows = engine.rows_of(all_series())
    return engine.Block(form, encoded(world.parameters, world.script, quarters), given, rows, 3, 3, quarters), given


def recorded_by(form: library.Library, name: str, members: int, quarters: int) -> np.ndarray:
    block, given = block_of(form, name, members, quarters)
    return block.run(np.arange(members, dtype=np.int64), given, slice(0, members))


# ---- the same bits ---------------------------------------------------------------------------------------------------


def test_python_runs_the_phases_as_they_stand_and_gives_the_bits_of_the_shipped_module():
    """Long enough for orders, requests, incidents and what patrons send."""
    wasm = library.WasmLibrary(SHIPPED)
    assert bits(library.PythonLibrary(), quarters=29) == bits(wasm, quarters=29)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> library.NativeLibrary:
    """A native library that stops at an index out of bounds."""
    folder = tmp_path_factory.mktemp("checked")
    flags = ("-O1", "-DCHECKED", "-shared", "-fPIC")
    return library.NativeLibrary(
        build.compiled(translation.model_as_c(), (str(COMPILER),), flags, folder, build.SUFFIX)
    )


@needs_compiler
@pytest.mark.parametrize("name", LIBRARY)
def test_native_library_reads_nothing_out_of_bounds_and_gives_the_bits_of_the_shipped_module(checked, name):
    assert bits(checked, name) == bits(library.WasmLibrary(SHIPPED), name)


def call_in_javascript(name: str, folder: Path) -> tuple[engine.Block, list[list[str]], slice]:
    """A block that is ready to run, the numbers that the call takes with their types, and where in the memory its result is."""
    block, given = block_of(library.WasmLibrary(SHIPPED), name, 32, COUNT)
    copy = block.copy
    assert isinstance(copy, library.WasmCopy)
    numbers: list[float] = []
    original = copy._function
    copy._function = lambda _: lambda *taken: numbers.extend(taken)  # type: ignore[method-assign]
    fake = block.prepared()
    fake()
    copy._function = original  # type: ignore[method-assign]
    block.fill(np.arange(32, dtype=np.int64), given, slice(0, 32))
    kinds = [str(kind) for kind in copy.exports["simulate_block"].type(copy.store).params]
    memory = copy.exports["memory"]
    (folder / "before").write_bytes(ctypes.string_at(copy.start, memory.data_len(copy.store)))
    out = block.arrays["out"]
    first = out.ctypes.data - copy.start
    return (
        block,
        [[kind, str(number)] for kind, number in zip(kinds, numbers, strict=True)],
        slice(first, first + out.nbytes),
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node here")
@pytest.mark.parametrize("name", [SCENARIO, "serbian-drone-purchase"])
def test_module_gives_the_same_bits_in_node(name, tmp_path):
    block, given, place = call_in_javascript(name, tmp_path)
    (tmp_path / "call.json").write_text(json.dumps({"name": "simulate_block", "given": given}), encoding="utf-8")
    files = [tmp_path / part for part in ("before", "call.json", "after")]
    subprocess.run(["node", SCRIPT, build.SHIPPED, *files], check=True, timeout=60)
    block.call()
    assert (tmp_path / "after").read_bytes()[place] == block.arrays["out"].tobytes()


@pytest.mark.skipif(not CHROMIUM, reason="no browser here")
def test_module_gives_the_same_bits_in_a_browser_without_a_network(tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    block, given, place = call_in_javascript(SCENARIO, tmp_path)
    source = SCRIPT.read_text(encoding="utf-8").replace("export ", "")
    page_text = f"<script type=module>{source}; window.memoryAfter = memoryAfter; window.ready = true</script>"
    (tmp_path / "page.html").write_text(page_text, encoding="utf-8")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(offline=True)
        page.goto((tmp_path / "page.html").as_uri())
        page.wait_for_function("window.ready")
        result = page.evaluate(
            """async ([module, before, given, first, last]) => {
              const bytes = (text) => Uint8Array.from(atob(text), (mark) => mark.charCodeAt(0));
              const memory = await memoryAfter(bytes(module), bytes(before).buffer, "simulate_block", given);
              const out = new Uint8Array(memory.slice(first, last));
              let text = "";
              for (let place = 0; place < out.length; place += 32768) {
                text += String.fromCharCode(...out.subarray(place, place + 32768));
              }
              return btoa(text);
            }""",
            [
                base64.b64encode(SHIPPED).decode(), base64.b64encode((tmp_path / "before").read_bytes()).decode(),
                given, place.start, place.stop,
            ],
        )  # fmt: skip
        browser.close()
    block.call()
    assert base64.b64decode(result) == block.arrays["out"].tobytes()


def test_module_asks_its_host_for_nothing():
    import wasmtime

    module = wasmtime.Module(wasmtime.Engine(), SHIPPED)
    assert module.imports == []


# ---- never stale -----------------------------------------------------------------------------------------------------


def test_shipped_module_is_that_of_todays_equations():
    text = translation.model_as_c()
    assert build.digest_of(SHIPPED) == translation.code_digest(text), (
        "an equation was changed: `python -m sim.engines.compiled.build` makes model.wasm anew (it needs the extra `compiler`)"
    )


def test_a_program_older_than_its_sources_notes_nothing_and_believes_no_note(fresh, monkeypatch):
    """What stands in the files is then not what it has loaded: a note would hold for every later program."""
    monkeypatch.setattr(sim, "BEGAN", 0.0)
    code = library.current_digest()
    assert list(library.cache_folder().glob("code-*")) == []
    stem = f"code-{provenance.sources_digest(library.SOURCES, [data_file(*parts) for parts in library.DECIDING])[:32]}"
    library.keep(stem, b"another")
    library.current_digest.cache_clear()
    assert library.current_digest() == code


def test_a_changed_comment_is_no_change_of_the_code_and_a_changed_number_is():
    text = "/* spending: a budget */\nstatic double f(void) { return 1.5; }"
    assert translation.code_digest(text) == translation.code_digest(text.replace("a budget", "all budgets"))
    assert translation.code_digest(text) != translation.code_digest(text.replace("1.5", "1.25"))


@pytest.fixture
def edited(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Equations that are no longer those of the shipped module."""
    text = translation.model_as_c()
    monkeypatch.setattr(build, "SAME_BITS", ("-O0", "-w", "-fwrapv", "-ffp-contract=off"))
    monkeypatch.setattr(translation, "model_as_c", lambda: text + "\nstatic const int an_edit = 1;\n")
    return fresh


def test_edited_equations_without_a_compiler_are_refused_with_what_to_install(edited, monkeypatch, capsys):
    monkeypatch.setattr(build, "native_compiler", lambda: None)
    assert main(["run", SCENARIO, "--members", "2", "--out", str(edited / "run")]) == 2
    message = " ".join(capsys.readouterr().err.split())
    assert "the equations were changed" in message and "pip install ziglang" in message and "--engine agents" in message


@needs_compiler
def test_edited_equations_are_compiled_by_themselves_once_and_that_is_said(edited, caplog):
    assert library.library().form == "native"
    message = caplog.text
    caplog.clear()
    assert "the equations were changed" in message and str(edited) in message
    library._library.cache_clear()
    assert library.library().form == "native"
    assert not caplog.messages, "the second time it is there"


def test_edited_equations_that_do_not_compile_end_in_the_compilers_words(edited, monkeypatch):
    monkeypatch.setattr(build, "native_compiler", lambda: (sys.executable, "-c", "import sys; sys.exit('no room')"))
    with pytest.raises(InputError, match="no room"):
        library.library()


def test_an_equation_that_cannot_be_translated_is_refused_with_file_line_and_what_to_do(fresh, monkeypatch, capsys):
    def larger(a: float, b: float) -> float:
        return max(a, b)

    monkeypatch.setattr(translation, "rules", lambda: {"each_larger": larger})
    assert main(["run", SCENARIO, "--members", "2", "--out", str(fresh / "run")]) == 2
    message = "".join(capsys.readouterr().err.split("\n"))
    assert f"{__file__}:{larger.__code__.co_firstlineno + 1}: " in message
    assert "max cannot be called" in message and "docs/engine.md" in message and "--engine agents" in message


# ---- which form ------------------------------------------------------------------------------------------------------


def test_few_simulations_take_the_shipped_module_and_compile_nothing(fresh, monkeypatch):
    monkeypatch.setattr(build, "native_bytes", lambda *_: pytest.fail("compiled"))
    assert library.library().form == "wasm"
    assert library.library(library.WORTH_COMPILING - 1).form == "wasm"


def test_many_simulations_without_a_compiler_take_the_shipped_module(fresh, monkeypatch):
    monkeypatch.setattr(build, "native_compiler", lambda: None)
    assert library.library(library.WORTH_COMPILING).form == "wasm"


def test_a_compiler_that_fails_costs_time_and_no_result(fresh, monkeypatch, caplog):
    monkeypatch.setattr(build, "native_compiler", lambda: (sys.executable, "-c", "import sys; sys.exit('no room')"))
    assert library.library(library.WORTH_COMPILING).form == "wasm"
    assert "no room" in caplog.text


@needs_compiler
def test_many_simulations_are_worth_a_native_library_which_later_runs_find(fresh, monkeypatch, caplog):
    monkeypatch.setattr(build, "SAME_BITS", ("-O0", "-w", "-fwrapv", "-ffp-contract=off"))
    monkeypatch.setattr(build, "native_compiler", lambda: (str(COMPILER),))
    assert library.library().form == "wasm"
    assert library.library(library.WORTH_COMPILING).form == "native"
    assert "for so many simulations" in caplog.text
    assert library.library().form == "native", "what asks later in the same program runs as fast"
    library._much_is_to_come.clear()
    library._library.cache_clear()
    assert library.library().form == "native"


def test_a_form_can_be_asked_for_and_a_misspelt_one_is_refused(fresh, monkeypatch, capsys):
    monkeypatch.setenv(library.FORM, "python")
    assert library.library().form == "python"
    monkeypatch.setenv(library.FORM, "wasn")
    assert main(["run", SCENARIO, "--members", "2", "--out", str(fresh / "run")]) == 2
    assert "wasm, native, python" in capsys.readouterr().err


def test_threads_that_ask_at_once_get_one_library(fresh):
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: library.library(), range(8)))) == 1


# ---- the cache -------------------------------------------------------------------------------------------------------

owners_are_known = pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")


@owners_are_known
@pytest.mark.parametrize("how", ["writable by others", "a link"])
def test_what_others_may_write_is_not_executed(fresh, tmp_path, how):
    folder = library.cache_folder()
    stem, nothing = build.native_stem(library.current_digest()), library.digest(b"")
    file = folder / f"{stem}-{nothing}{build.SUFFIX}"
    if how == "a link":
        (tmp_path / "theirs").write_bytes(b"")
        file.symlink_to(tmp_path / "theirs")
    else:
        file.write_bytes(b"")
        file.chmod(0o666)
    assert not library.is_own(file)
    assert library.kept(stem, build.SUFFIX) is None
    assert library.library().form == "wasm"


@owners_are_known
@needs_compiler
def test_a_library_in_a_folder_that_others_write_to_is_said_not_to_be_kept(edited, caplog):
    edited.mkdir(parents=True)
    edited.chmod(0o770)
    assert library.library().form == "native"
    said = caplog.text
    assert said.count(f"{edited}: others can write to it, or you cannot; what is compiled is not kept") == 1


def test_without_a_cache_that_can_be_written_all_is_as_before_and_it_is_said_once(fresh, monkeypatch, tmp_path, caplog):
    (tmp_path / "file").touch()
    monkeypatch.setenv(library.CACHE, str(tmp_path / "file"))
    assert library.library().form == "wasm"
    assert library.cache_folder().is_dir()
    assert caplog.text.count("what is compiled is not kept") == 1


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: b"\xff" + content[1:]])
@pytest.mark.parametrize("what", ["machine", "code"])
def test_a_damaged_file_is_made_anew(fresh, what, damage):
    assert library.library().form == "wasm"
    (file,) = library.cache_folder().glob(f"{what}-*")
    good = file.read_bytes()
    file.write_bytes(damage(good))
    library._library.cache_clear()
    library.current_digest.cache_clear()
    assert library.library().form == "wasm"
    assert file.read_bytes() == good


def test_a_damaged_native_library_is_not_loaded(fresh):
    """Half a library is not refused by the system: it ends the program without a word."""
    file = library.keep(build.native_stem(library.current_digest()), b"a library", build.SUFFIX)
    assert library.kept(build.native_stem(library.current_digest()), build.SUFFIX) == file
    file.write_bytes(b"a lib")
    assert library.kept(build.native_stem(library.current_digest()), build.SUFFIX) is None


def test_a_library_compiled_in_another_way_is_another(monkeypatch):
    before = build.native_stem("code")
    monkeypatch.setattr(build, "SAME_BITS", (*build.SAME_BITS, "-ffast-math"))
    assert build.native_stem("code") != before


def test_what_cannot_be_kept_leaves_nothing_behind(fresh, monkeypatch):
    folder = library.cache_folder()
    before = set(folder.iterdir())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        library.keep("code", b"half")
    assert set(folder.iterdir()) == before


def test_what_goes_wrong_in_the_module_is_told_by_wasmtime():
    copy = library.WasmLibrary(SHIPPED).copy({"results": library.Room((2,))})
    with pytest.raises(wasmtime.Trap, match="out of bounds"):
        copy._function(translation.rule_name(whole))(2, 2**31 - 64, 2**31 - 64)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_call_gives_the_same_whether_or_not_wasmtime_is_built_as_we_know_it(is_known, monkeypatch):
    if not is_known:
        monkeypatch.setattr(library, "_direct", lambda *_: None)
    copy = library.WasmLibrary(SHIPPED).copy({"arguments": library.Room((1, 2)), "results": library.Room((2,))})
    copy.arrays["arguments"][0] = 3.0, 2.75
    copy.each(whole, copy.arrays["arguments"], copy.arrays["results"])
    assert copy.arrays["results"].tolist() == [whole(3.0), whole(2.75)]


def test_arrays_of_another_shape_or_type_never_reach_compiled_code():
    copy = library.WasmLibrary(SHIPPED).copy({"values": library.Room((2, 5))})
    with pytest.raises(TypeError, match=r"params: float64 \(2, 5\)"):
        copy.call(translation.EXPORTED["chances_of_block"], **dict.fromkeys(
            ("params", "values", "buyers", "kinds", "choices", "consents"), copy.arrays["values"]
        ))  # fmt: skip


STILL_RUNNING = """
import threading, time
import numpy as np
from sim.engines.compiled.vectorized import on_arrays
from sim.rules.elementary import normal_quantile
shares = np.full(3_000_000, 0.3)
def ask():
    while True:
        on_arrays(normal_quantile, u=shares)
on_arrays(normal_quantile, u=0.3)
for _ in range(3):
    threading.Thread(target=ask, daemon=True).start()
time.sleep(0.5)
"""


def test_a_program_may_end_while_a_thread_still_computes():
    """As the class page's server does, which answers in threads that nobody waits for."""
    ended = subprocess.run(
        [sys.executable, "-c", STILL_RUNNING], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
