"""What a reader sees of a picture."""

from typing import Any

from sim.plots.draw import Text
from sim.plots.style import Figure


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
