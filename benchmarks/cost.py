"""What judging very many photos takes in core-hours, money and time, from a measured rate.

python -m benchmarks.cost --rate 3 --price 0.04 --cores 64 1024
"""

import argparse
import sys
from collections.abc import Sequence

from benchmarks.figures import Table, markdown, number

PHOTOS = (1_000_000, 10_000_000, 100_000_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    options = parser().parse_args(arguments)
    print(markdown(table(options.rate, options.price, options.cores, options.idle)))
    return 0


def parser() -> argparse.ArgumentParser:
    """Build the parser of the options."""
    top = argparse.ArgumentParser("python -m benchmarks.cost", description=__doc__.splitlines()[0])
    add = top.add_argument
    rate_help = "photos a second that a core judges, see the part `cluster` of BENCHMARKS.md"
    add("--rate", type=_positive, required=True, metavar="R", help=rate_help)
    add("--price", type=_positive, required=True, metavar="P", help="dollars for a core-hour")
    cores = "cores of the clusters (%(default)s)"
    add("--cores", type=int, nargs="+", default=[64, 1024], metavar="N", help=cores)
    idle_help = "share of the time that is paid and not worked (%(default)s)"
    add("--idle", type=float, default=0.1, metavar="SHARE", help=idle_help)
    return top


def table(rate: float, price: float, cores: Sequence[int], idle: float) -> Table:
    """Calculate what each number of photos takes.

    Args:
        rate: Photos a second that a core judges.
        price: Of a core for an hour, in dollars.
        cores: Of each cluster.
        idle: Share of the paid time in which a core does not judge, 0 to below 1.
    """
    heads = ("photos", "core-hours", "cost", *(f"on {n:,} cores" for n in cores))
    rows = []
    for photos in PHOTOS:
        hours = photos / rate / 3600 / (1 - idle)
        times = (f"{number(hours / count)} h" for count in cores)
        rows.append([f"{photos:,}", number(hours), f"${number(hours * price)}", *times])
    text = (
        f"At {number(rate)} photos a second a core, ${price:g} a core-hour and {idle:.0%} of the "
        "time idle."
    )
    return "Cost and time", text, heads, rows


def _positive(word: str) -> float:
    if (value := float(word)) <= 0:
        raise argparse.ArgumentTypeError(f"must be above 0, received {value}")
    return value


if __name__ == "__main__":
    sys.exit(main())
