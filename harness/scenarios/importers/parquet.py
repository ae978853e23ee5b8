"""A table in Parquet as records, a batch at a time.

polars wants a file that it can look about in, so what comes from an archive is put beside first.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAGIC = b"PAR1"
_BATCH_ROWS = 64
"""Conversations are long: a batch of them has to fit in memory."""


class NotParquetError(Exception):
    """The file says that it is Parquet, and cannot be read as such."""


def table(path: Path | None, chunks: Callable[[], Iterable[bytes]]) -> Iterator[dict[str, object]]:
    """The rows of a table, each as JSON would have it.

    Args:
        path: The file, where there is one of its own.
        chunks: Its bytes, where there is not.

    Raises:
        NotParquetError: It is cut off or damaged.
    """
    import polars as pl

    with _placed(path, chunks) as place:
        try:
            frame = pl.scan_parquet(place)
            for batch in frame.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=True):
                for row in batch.iter_rows(named=True):
                    yield {name: _plain(value) for name, value in row.items()}
        except (pl.exceptions.PolarsError, OSError) as error:
            reason = str(error).partition("\n")[0][:200]
            raise NotParquetError(f"this Parquet file is cut off or damaged: {reason}") from None


@contextmanager
def _placed(path: Path | None, chunks: Callable[[], Iterable[bytes]]) -> Iterator[Path]:
    if path is not None:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                yield path
                return
    with TemporaryDirectory(prefix="harness-import-") as folder:
        place = Path(folder, "table.parquet")
        with place.open("wb") as file:
            for chunk in chunks():
                file.write(chunk)
        yield place


def _plain(value: object) -> object:
    """A value as JSON has it; bytes are nobody's words."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return None if isinstance(value, bytes) else str(value)
