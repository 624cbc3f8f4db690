"""How the documentation is built: MyST pages, with tables, equations, reference and gallery generated from the code."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from docutils.nodes import Element, SkipNode  # noqa: E402
from generated_pages import write_gallery, write_pages  # noqa: E402
from latex2mathml.converter import convert  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402
from sphinx.writers.html5 import HTML5Translator  # noqa: E402

from sim import __version__  # noqa: E402
from sim.classroom.page import write_page  # noqa: E402

project = "armsrace"
author = "The armsrace authors"
copyright = "the armsrace authors; text and tables CC BY 4.0, program MIT"  # noqa: A001 - the name that Sphinx reads
version = release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "generated"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "dollarmath"]
html_math_renderer = "mathml"  # which browsers draw without a script or a network
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_title = f"armsrace {__version__}"
html_show_sphinx = False
html_copy_source = False

html_extra_path = ["generated/live"]

live = HERE / "generated" / "live"
live.mkdir(parents=True, exist_ok=True)
write_page(live / "class.html")
write_pages(HERE / "generated")
write_gallery(HERE / "generated" / "gallery")


def setup(app: Sphinx) -> None:
    """Formulas are written as MathML."""
    app.add_html_math_renderer("mathml", (_write_formula, None), (_write_formula, None))


def _write_formula(page: HTML5Translator, node: Element) -> None:
    page.body.append(convert(node.astext(), display="block" if node.tagname == "math_block" else "inline"))
    raise SkipNode
