"""ISO-TP addresses: what each mode needs, which mode is meant where none is said, and every refusal."""

import isotp
import pytest

from CanLibrary.traffic.trace import key_of
from CanLibrary.transport.addresses import isotp_address, listening_keys, prefix_size, sending_id
from CanLibrary.types import AddressingMode, AsymmetricIsoTpAddress, CanId, IsoTpAddress

Mode = AddressingMode
BYTES = {"target_address": 0x10, "source_address": 0xF1}


def ids(**texts):
    return {name: CanId(text) for name, text in texts.items()}


def refusal(**fields):
    with pytest.raises(ValueError, match=r"\.$") as refused:
        IsoTpAddress(**fields)
    return str(refused.value)


COMPLETE = {
    Mode.Normal_11bits: ids(txid="0x7E0", rxid="0x7E8"),
    Mode.Normal_29bits: ids(txid="0x18DA10F1", rxid="0x18DAF110"),
    Mode.NormalFixed_29bits: BYTES,
    Mode.Extended_11bits: ids(txid="0x600", rxid="0x610") | BYTES,
    Mode.Extended_29bits: ids(txid="0x00000600", rxid="0x00000610") | BYTES,
    Mode.Mixed_11bits: ids(txid="0x600", rxid="0x610") | {"address_extension": 0x99},
    Mode.Mixed_29bits: BYTES | {"address_extension": 0x99},
}
FIELDS = (
    "txid",
    "rxid",
    "target_address",
    "source_address",
    "physical_id",
    "functional_id",
    "address_extension",
)
OPTIONAL = {
    Mode.NormalFixed_29bits: {"physical_id", "functional_id"},
    Mode.Mixed_29bits: {"physical_id", "functional_id"},
}
FOR_SENDING = {"txid", "target_address"}


def value_of(name, mode):
    """A value for a field that a mode may not use."""
    if name.endswith("id"):
        return CanId(0x18DA0000 if mode.name.endswith("29bits") else 0x123)
    return 1


class TestFields:
    @pytest.mark.parametrize("mode", Mode)
    def test_a_complete_address(self, mode):
        address = IsoTpAddress(mode, **COMPLETE[mode])
        assert address.mode is mode
        assert address.is_29bits is mode.name.endswith("29bits")
        assert isotp_address(address).is_tx_29bits() is address.is_29bits

    @pytest.mark.parametrize("mode", Mode)
    def test_each_field_that_is_needed(self, mode):
        for missing in COMPLETE[mode]:
            fields = {name: value for name, value in COMPLETE[mode].items() if name != missing}
            assert refusal(addressing_mode=mode, **fields) == f"{mode.name} addressing needs '{missing}'."

    @pytest.mark.parametrize("mode", Mode)
    def test_all_that_is_missing_is_named(self, mode):
        needed = [f"'{name}'" for name in FIELDS if name in COMPLETE[mode]]
        named = f"{', '.join(needed[:-1])} and {needed[-1]}"
        assert refusal(addressing_mode=mode) == f"{mode.name} addressing needs {named}."

    @pytest.mark.parametrize("mode", Mode)
    def test_each_field_that_is_not_used(self, mode):
        for name in set(FIELDS) - COMPLETE[mode].keys() - OPTIONAL.get(mode, set()):
            told = refusal(addressing_mode=mode, **COMPLETE[mode], **{name: value_of(name, mode)})
            users = ", ".join(
                other.name for other in Mode if name in COMPLETE[other].keys() | OPTIONAL.get(other, set())
            )
            assert told == (
                f"{mode.name} addressing does not use '{name}'; set addressing_mode to one that does: {users}."
            )

    @pytest.mark.parametrize("mode", Mode)
    def test_a_side_needs_the_fields_of_that_side_only(self, mode):
        both = {"target_address", "source_address", "address_extension"}
        fixed = mode in OPTIONAL
        sending = {
            name for name in COMPLETE[mode] if name in FOR_SENDING or fixed or name == "address_extension"
        }
        receiving = {name for name in COMPLETE[mode] if name not in FOR_SENDING or (fixed and name in both)}
        for names, side in ((sending, "tx_only"), (receiving, "rx_only")):
            fields = {name: COMPLETE[mode][name] for name in names}
            assert IsoTpAddress(mode, **fields, **{side: True}).mode is mode

    def test_both_sides_only_is_none(self):
        assert refusal(rx_only=True, tx_only=True, **COMPLETE[Mode.Normal_11bits]) == (
            "An address cannot be rx_only and tx_only at once."
        )


class TestValues:
    @pytest.mark.parametrize("name", ["target_address", "source_address", "address_extension"])
    @pytest.mark.parametrize("value", [-1, 256])
    def test_a_byte_is_a_byte(self, name, value):
        fields = COMPLETE[Mode.Mixed_29bits] | {name: value}
        assert refusal(addressing_mode=Mode.Mixed_29bits, **fields) == (
            f"{name}={value} is not possible: it is one byte, 0x00 to 0xFF."
        )

    @pytest.mark.parametrize("value", [0, 255])
    def test_the_ends_of_the_range(self, value):
        fields = COMPLETE[Mode.Mixed_29bits] | {"address_extension": value}
        assert IsoTpAddress(Mode.Mixed_29bits, **fields).address_extension == value

    @pytest.mark.parametrize(
        ("mode", "txid", "sentence"),
        [
            (
                Mode.Normal_11bits,
                "0x18DA10F1",
                "txid 0x18DA10F1 is an extended identifier, but Normal_11bits addressing uses 11 bits.",
            ),
            (
                Mode.Normal_11bits,
                0x800,
                "txid 0x00000800 is an extended identifier, but Normal_11bits addressing uses 11 bits.",
            ),
            (
                Mode.Normal_29bits,
                "0x123",
                "txid 0x123 is a standard identifier, but Normal_29bits addressing uses 29 bits.",
            ),
        ],
    )
    def test_an_identifier_of_the_other_format(self, mode, txid, sentence):
        fields = COMPLETE[mode] | {"txid": CanId(txid)}
        assert refusal(addressing_mode=mode, **fields) == sentence

    def test_an_integer_takes_the_format_of_the_mode(self):
        address = IsoTpAddress(Mode.Normal_29bits, txid=CanId(1), rxid=CanId(2))
        assert (str(address.txid), str(address.rxid)) == ("0x00000001", "0x00000002")

    @pytest.mark.parametrize("mode", [Mode.Normal_11bits, Mode.Extended_11bits, Mode.Mixed_11bits])
    def test_txid_and_rxid_differ(self, mode):
        fields = COMPLETE[mode] | ids(txid="0x600", rxid="0x600")
        assert refusal(addressing_mode=mode, **fields) == (
            "txid and rxid are both 0x600; they must differ, or each side hears itself."
        )

    @pytest.mark.parametrize("mode", [Mode.NormalFixed_29bits, Mode.Mixed_29bits])
    def test_the_addresses_of_which_identifiers_are_made_differ(self, mode):
        fields = COMPLETE[mode] | {"source_address": 0x10}
        assert refusal(addressing_mode=mode, **fields) == (
            "target_address and source_address are both 0x10; they must differ, or each side hears itself."
        )


class TestInferredMode:
    @pytest.mark.parametrize(
        ("txid", "rxid", "mode"),
        [
            ("0x7E0", "0x7E8", Mode.Normal_11bits),
            (2, 1, Mode.Normal_11bits),
            ("0x00000123", "0x00000124", Mode.Normal_29bits),
            (0x18DA10F1, 0x18DAF110, Mode.Normal_29bits),
        ],
    )
    def test_from_the_identifiers(self, txid, rxid, mode):
        assert IsoTpAddress(txid=CanId(txid), rxid=CanId(rxid)).mode is mode

    @pytest.mark.parametrize(("txid", "rxid"), [("0x7E0", "0x18DAF110"), (0x18DA10F1, 0x7E8)])
    def test_of_different_formats_it_cannot_be_told(self, txid, rxid):
        tx, rx = CanId(txid), CanId(rxid)
        assert refusal(txid=tx, rxid=rx).startswith(f"txid {tx} and rxid {rx} are of different formats; ")


class TestAsymmetric:
    def test_each_side_is_of_its_own_mode(self):
        address = AsymmetricIsoTpAddress(
            IsoTpAddress(**ids(txid="0x7E0"), tx_only=True),
            IsoTpAddress(**ids(rxid="0x18DAF110"), rx_only=True),
        )
        assert str(address) == "tx (Normal_11bits, txid 0x7E0), rx (Normal_29bits, rxid 0x18DAF110)"
        assert (sending_id(address), listening_keys(address)) == ((0x7E0, False), {key_of(0x18DAF110, True)})

    def test_whole_addresses_are_taken_as_sides(self):
        whole = IsoTpAddress(**COMPLETE[Mode.Normal_11bits])
        address = AsymmetricIsoTpAddress(whole, whole)
        assert (address.tx_addr.tx_only, address.rx_addr.rx_only) == (True, True)

    @pytest.mark.parametrize(
        ("mode", "sent", "heard"),
        [
            (Mode.Normal_11bits, {}, {}),
            (Mode.Extended_11bits, {"target_address": 1}, {"source_address": 1}),
            (Mode.Mixed_11bits, {"address_extension": 1}, {"address_extension": 1}),
        ],
    )
    def test_it_does_not_hear_itself(self, mode, sent, heard):
        with pytest.raises(ValueError, match="hears itself") as refused:
            AsymmetricIsoTpAddress(
                IsoTpAddress(mode, **ids(txid="0x600"), **sent, tx_only=True),
                IsoTpAddress(mode, **ids(rxid="0x600"), **heard, rx_only=True),
            )
        assert str(refused.value) == (
            "The txid of tx_addr and the rxid of rx_addr are both 0x600; they must differ, or each side hears itself."
        )

    def test_one_identifier_for_both_with_different_first_bytes_is_fine(self):
        address = AsymmetricIsoTpAddress(
            IsoTpAddress(Mode.Extended_11bits, **ids(txid="0x600"), target_address=1, tx_only=True),
            IsoTpAddress(Mode.Extended_11bits, **ids(rxid="0x600"), source_address=2, rx_only=True),
        )
        assert prefix_size(address) == 1


class TestForCanIsotp:
    @pytest.mark.parametrize(
        ("mode", "sends", "hears", "prefix"),
        [
            (Mode.Normal_11bits, (0x7E0, False), {(0x7E8, False)}, 0),
            (Mode.Normal_29bits, (0x18DA10F1, True), {(0x18DAF110, True)}, 0),
            (Mode.NormalFixed_29bits, (0x18DA10F1, True), {(0x18DAF110, True), (0x18DBF110, True)}, 0),
            (Mode.Extended_11bits, (0x600, False), {(0x610, False)}, 1),
            (Mode.Extended_29bits, (0x600, True), {(0x610, True)}, 1),
            (Mode.Mixed_11bits, (0x600, False), {(0x610, False)}, 1),
            (Mode.Mixed_29bits, (0x18CE10F1, True), {(0x18CEF110, True), (0x18CDF110, True)}, 1),
        ],
    )
    def test_what_it_sends_with_and_listens_to(self, mode, sends, hears, prefix):
        address = IsoTpAddress(mode, **COMPLETE[mode])
        assert sending_id(address) == sends
        assert listening_keys(address) == {key_of(*identifier) for identifier in hears}
        assert prefix_size(address) == prefix

    def test_own_physical_and_functional_identifiers(self):
        address = IsoTpAddress(
            Mode.NormalFixed_29bits, **BYTES, **ids(physical_id="0x1ADA0000", functional_id="0x1ADB0000")
        )
        assert sending_id(address) == (0x1ADA10F1, True)
        theirs = isotp_address(address)
        assert theirs.get_tx_arbitration_id(isotp.TargetAddressType.Functional) == 0x1ADB10F1

    def test_how_it_prints(self):
        address = IsoTpAddress(Mode.Mixed_11bits, **COMPLETE[Mode.Mixed_11bits])
        assert str(address) == "Mixed_11bits, txid 0x600, rxid 0x610, address_extension 0x99"
