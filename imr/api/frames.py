"""Tables as data frames of pandas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa

_NULLABLE: dict[pa.DataType, Any] = {
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def data_frame(table: pa.Table) -> pd.DataFrame:
    """A table as a data frame in which a null turns no whole number and no truth value into something else."""
    mapper: Callable[[pa.DataType], Any] = _NULLABLE.get
    frame: pd.DataFrame = table.to_pandas(types_mapper=mapper, date_as_object=False)
    return frame
