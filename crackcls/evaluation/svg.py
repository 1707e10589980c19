"""Charts to SVG, for pages that hold no script."""

import json

import pandas as pd

from crackcls.evaluation.charts import Spec


def to_svg(data: pd.DataFrame, spec: Spec, width: int) -> str:
    """Draw a chart as SVG.

    Args:
        data: The table.
        spec: The specification.
        width: Pixels, axes and titles included.
    """
    import vl_convert

    values = json.loads(data.to_json(orient="records"))
    fit = {"type": "fit-x", "contains": "padding"}
    whole = {**spec, "data": {"values": values}, "width": width, "autosize": fit}
    return vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
