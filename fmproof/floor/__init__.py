"""How low can the loss go? The floor of a data set, with error bars, and its optimal model.

``fmproof floor DATA`` is the command; here is what it is made of.
"""

from fmproof.floor.engine import Bin, FloorEstimate
from fmproof.floor.field import Distance, EmpiricalField, FieldValue
from fmproof.floor.load import load_labels, load_rows
from fmproof.floor.log import Comparison, compare
from fmproof.floor.rows import Rows
from fmproof.floor.run import Cost, Floor, compute_floor
from fmproof.floor.setting import Setting
from fmproof.floor.training_log import TrainingLog, read_log

__all__ = [
    "Bin",
    "Comparison",
    "Cost",
    "Distance",
    "EmpiricalField",
    "FieldValue",
    "Floor",
    "FloorEstimate",
    "Rows",
    "Setting",
    "TrainingLog",
    "compare",
    "compute_floor",
    "load_labels",
    "load_rows",
    "read_log",
]
