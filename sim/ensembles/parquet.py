"""Parquet files that are read: regular ones, of a size that fits, with one column of each name, whatever they hold."""

from pathlib import Path
from typing import Any

from sim.io.errors import InputError, refusal
from sim.io.files import refuse_special


def read_parquet(file: Path, cells: int, remedy: str) -> Any:
    """The table of a file, as pyarrow has it.

    cells  : numbers and texts that it may hold
    remedy : what to do about a file that cannot be read

    InputError for anything that is not such a file, FileNotFoundError where there is none.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    refuse_special(file)
    try:
        with pq.ParquetFile(file) as source:  # read_table would load pandas
            names, size = source.schema_arrow.names, source.metadata
            rows = max(size.num_rows, sum(size.row_group(number).num_rows for number in range(size.num_row_groups)))
            if rows * size.num_columns > cells:
                raise refusal(file, f"holds more than {cells:,} cells, more than is read at once; {remedy}")
            if twice := sorted(
                {name for name in names if names.count(name) > 1} if len(names) > len(set(names)) else ()
            ):
                raise refusal(file, f"two columns have this name; {remedy}", twice[0])
            table = source.read()
            table.validate(full=True)
            return table
    except (FileNotFoundError, InputError):
        raise
    except (OSError, LookupError, TypeError, ValueError, pa.ArrowException) as error:
        raise refusal(
            file, f"is no Parquet file that is whole ({str(error).splitlines()[0][:200]}); {remedy}"
        ) from None
