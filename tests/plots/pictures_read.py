"""What a reader sees of a picture."""

from itertools import combinations
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text


def drawn_texts(figure: Figure) -> list[Text]:
    """All words of a picture but the ticks that lie outside their axis."""
    outside = {
        tick.label1
        for axes in figure.axes
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for tick in axis.get_major_ticks()
        if not low <= tick.get_loc() <= high
    }
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text not in outside]


def canvas_of(figure: Figure) -> Any:
    """The figure, drawn in dots; matplotlib is loaded after `sim.plots`, which has it say nothing."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas


def overlaps(figure: Figure) -> list[tuple[str, ...]]:
    """Words of a picture that leave it, and pairs of words that lie on each other."""
    canvas = canvas_of(figure)
    found = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in drawn_texts(figure)]
    width, height = figure.bbox.width, figure.bbox.height
    wrong: list[tuple[str, ...]] = [
        (words,) for words, box in found if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    for (one, first), (other, second) in combinations(found, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        up = min(first.y1, second.y1) - max(first.y0, second.y0)
        if min(across, up) > 1.0:
            wrong.append((one, other))
    return wrong
