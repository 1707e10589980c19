"""The published data sets that can be had by name."""

from crackcls.datasets.published.metu import METU
from crackcls.datasets.published.sdnet2018 import SDNET2018

SETS = {one.name: one for one in (METU, SDNET2018)}
