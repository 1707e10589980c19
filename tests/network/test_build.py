"""The network: weights checked, cut."""

import subprocess
import sys
from pathlib import Path

import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.network.build import build, cut
from tests.conftest import METU, needs_metu

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def network():
    return build(2, 96)


@pytest.mark.parametrize(
    ("fine_tune", "trained_first", "count"), [("head", "probabilities", 2), ("top", "block_13", 15)]
)
def test_only_the_suffix_trains_and_batch_norm_never(network, fine_tune, trained_first, count):
    prefix, suffix = cut(network, fine_tune)
    assert not prefix.trainable_weights
    weights = suffix.trainable_weights
    assert weights[0].path.startswith(trained_first)
    assert len(weights) == count
    assert not [w.path for w in weights if "BN" in w.path or "_bn" in w.path]


@needs_metu
def test_the_weights_in_the_repository_are_the_published_ones():
    shared = METU.parent / "weights" / config.WEIGHTS_FILE
    assert config.weights_path().read_bytes() == shared.read_bytes()


def test_a_missing_weights_file_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match=r"'gone\.h5' is missing"):
        build(2, 96, tmp_path / "gone.h5")


def test_an_altered_weights_file_is_refused(tmp_path: Path):
    altered = tmp_path / "altered.h5"
    altered.write_bytes(config.weights_path().read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match=r"must have SHA-256 ef8460efdc78…, and 'altered\.h5' has"):
        build(2, 96, altered)


def test_keras_comes_without_what_nothing_uses_which_can_be_imported_later():
    code = (
        "import sys; from crackcls.network.build import UNUSED, import_keras; import_keras();"
        "assert not [name for name in sys.modules if name.split('.')[0] in UNUSED];"
        "from sklearn.decomposition import PCA"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_was_there_before_keras_stays():
    code = (
        "import sys, sklearn; from crackcls.network.build import import_keras; import_keras();"
        "assert sys.modules['sklearn'] is sklearn"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
