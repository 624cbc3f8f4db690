"""The pictures. matplotlib is loaded here only, and says nothing of a home that cannot be written."""

import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)
