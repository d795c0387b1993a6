"""A misspelt argument of a keyword that takes any option is refused with the right spelling."""

import pytest

from CanLibrary import CanLibrary, ConfigurationError


@pytest.fixture
def library():
    with CanLibrary() as opened:
        opened.open_can_bus("body", channel="misspelt")
        yield opened


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"blocksise": 5}, "Open IsoTp Connection has no argument 'blocksise'; did you mean 'blocksize'?"),
        (
            {"tx_paddin": 1, "interface": "virtual"},
            "Open IsoTp Connection has no argument 'tx_paddin'; did you mean 'tx_padding'?",
        ),
        (
            {"preserve_timestamps": True},
            "Open IsoTp Connection has no argument 'preserve_timestamps'; "
            "an option of an interface needs interface= too.",
        ),
        (
            {"preserve_timestamp": True, "channel": "misspelt"},
            "Interface 'virtual' has no option 'preserve_timestamp'; did you mean 'preserve_timestamps'?",
        ),
    ],
)
def test_open_isotp_connection(library, given, sentence):
    with pytest.raises(ConfigurationError) as refused:
        library.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8", **given)
    assert str(refused.value) == sentence


def test_an_option_of_the_interface_is_taken(library):
    library.open_isotp_connection("diag", txid="0x7E0", rxid="0x7E8", channel="misspelt", rx_queue_size=10)
    assert [connection["alias"] for connection in library.get_isotp_connections()] == ["diag"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"confg": "bench.yaml"}, "CanLibrary has no import argument 'confg'; did you mean 'config'?"),
        ({"timout": "2 s"}, "CanLibrary has no import argument 'timout'; did you mean 'timeout'?"),
        ({"autoclose": "SUITE"}, "CanLibrary has no import argument 'autoclose'; did you mean 'auto_close'?"),
        ({"chanel": 1}, "Unknown key 'chanel'; did you mean 'channel'?"),
    ],
)
def test_import(given, sentence):
    library = CanLibrary(**given)
    with pytest.raises(ConfigurationError) as refused:
        library.open_can_bus()
    assert str(refused.value) == sentence
