"""The grammar of flight plan messages accepts what ICAO Doc 4444 shows and finds what is planted:
a message that a service would reject must not leave the house."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.checks.flight_plan_grammar import check_message, parse_message

_SOUND = """(FPL-PRK615-IX
-IL62/H-SDFGHIRWY/S
-ZKPY0400
-K0873S0880 DCT 3854N12453E 3836N12412E/K0873S0980 3718N12412E DCT
-RKSI0144 RKSW
-STS/HEAD PBN/A1B1 DOF/180209 REG/P885 EET/3854N12453E0008 RKRR0037 OPR/AIR KORYO RMK/NIL
-E/0423 P/025 R/VE S/M J/L D/02 016 C YELLOW A/WHITE N/NIL C/COMMANDER)"""

#: The worked examples of Doc 4444, Appendix 3 (field 15 and field 18 as printed there).
_FROM_DOC_4444 = (
    "(FPL-ACA101-IS-B773/H-SHIJ2/S-EGLL1400"
    "-N0450F310 L9 UL9 STU285036/M082F310 UL9 LIMRI 52N020W 52N030W 50N040W 49N050W"
    "-CYQX0455 CYYR-EET/EISN0026 EGGX0111 20W0136 CYQX0228 40W0330 50W0415 SEL/FJEL)",
    "(FPL-ABC01-VG-C172/L-S/C-LSZH0900-N0110VFR DCT-LSGG0130-0)",
)


def test_a_sound_message_has_no_fault() -> None:
    assert check_message(_SOUND) == ()


@pytest.mark.parametrize("text", _FROM_DOC_4444)
def test_the_examples_of_doc_4444_have_no_fault(text: str) -> None:
    assert check_message(text) == ()


def test_a_message_is_taken_apart_by_field() -> None:
    parsed = parse_message(_SOUND)
    assert (parsed.identification, parsed.aircraft_type, parsed.wake) == ("PRK615", "IL62", "H")
    assert (parsed.departure, parsed.off_block, parsed.destination) == ("ZKPY", "0400", "RKSI")
    assert (parsed.speed, parsed.level, parsed.elapsed_min) == ("K0873", "S0880", 104)
    assert parsed.alternates == ("RKSW",)
    assert parsed.indicator("DOF") == "180209"
    assert parsed.indicator("ALTN") is None


#: (what is planted, field that must be named, text before, text after)
_PLANTED = [
    ("identification of 8 characters", "7", "FPL-PRK615-", "FPL-PRK61500-"),
    ("no identification", "7", "FPL-PRK615-", "FPL--"),
    ("another message type", "3", "(FPL-", "(CHG-"),
    ("no closing bracket", "3", "C/COMMANDER)", "C/COMMANDER"),
    ("small letters", "3", "RMK/NIL", "RMK/nil"),
    ("a field too few", "13", "-ZKPY0400\n", ""),
    ("unknown flight rules", "8", "-IX\n", "-QX\n"),
    ("unknown type of flight", "8", "-IX\n", "-IQ\n"),
    ("wake category missing", "9", "IL62/H", "IL62"),
    ("unknown wake category", "9", "IL62/H", "IL62/Q"),
    ("type too long", "9", "IL62/H", "IL62MD/H"),
    ("one aircraft counted", "9", "IL62/H", "1IL62/H"),
    ("type ZZZZ without TYP/", "9", "IL62/H", "ZZZZ/H"),
    ("TYP/ beside a type", "18", "OPR/AIR KORYO", "TYP/IL62 OPR/AIR KORYO"),
    ("unknown equipment", "10", "SDFGHIRWY/S", "SDFQ/S"),
    ("equipment twice", "10", "SDFGHIRWY/S", "SDFFGHIRWY/S"),
    ("none beside others", "10", "SDFGHIRWY/S", "NSR/S"),
    ("no surveillance", "10", "SDFGHIRWY/S", "SDFGHIRWY"),
    ("two mode S capabilities", "10", "SDFGHIRWY/S", "SDFGHIRWY/SL"),
    ("equipment R without PBN/", "10", "PBN/A1B1 ", ""),
    ("PBN/ without equipment R", "18", "SDFGHIRWY/S", "SDFGHIWY/S"),
    ("equipment Z without COM/, NAV/, DAT/", "10", "SDFGHIRWY/S", "SDFGHIRWYZ/S"),
    ("departure of 3 letters", "13", "ZKPY0400", "ZKP0400"),
    ("departure minutes 60", "13", "ZKPY0400", "ZKPY0460"),
    ("departure hour 24", "13", "ZKPY0400", "ZKPY2400"),
    ("departure ZZZZ without DEP/", "13", "ZKPY0400", "ZZZZ0400"),
    ("speed of 3 figures", "15", "K0873S0880", "K873S0880"),
    ("speed nothing", "15", "K0873S0880", "K0000S0880"),
    ("level of 2 figures", "15", "K0873S0880", "K0873F88"),
    ("level in unknown unit", "15", "K0873S0880", "K0873B0880"),
    ("level no multiple of 500 ft", "15", "K0873S0880", "K0873F333"),
    ("level above FL660", "15", "K0873S0880", "K0873F900"),
    ("VFR level under IFR", "15", "K0873S0880", "K0873VFR"),
    ("route missing", "15", " DCT 3854N12453E 3836N12412E/K0873S0980 3718N12412E DCT", ""),
    ("DCT missing at the beginning", "15", "S0880 DCT 3854N", "S0880 3854N"),
    ("DCT missing between points", "15", "3718N12412E DCT", "LIMRI DOLIP DCT"),
    ("DCT twice", "15", "3718N12412E DCT", "3718N12412E DCT DCT"),
    ("minutes of latitude 60", "15", "3718N12412E", "3760N12412E"),
    ("latitude over 90", "15", "3718N12412E", "9118N12412E"),
    ("longitude over 180", "15", "3718N12412E", "3718N18112E"),
    ("coordinates of 10 characters", "15", "3718N12412E", "3718N2412E"),
    ("half of the minutes missing", "15", "3718N12412E", "3718N124E"),
    ("change without level", "15", "/K0873S0980", "/K0873"),
    ("IFR in a route under IFR", "15", "3718N12412E DCT", "3718N12412E IFR DCT"),
    ("elapsed time over 23:59", "16", "RKSI0144", "RKSI2400"),
    ("elapsed minutes 60", "16", "RKSI0144", "RKSI0160"),
    ("elapsed time nothing", "16", "RKSI0144", "RKSI0000"),
    ("three alternates", "16", "RKSW\n", "RKSW RKPK RKPC\n"),
    ("alternate of 3 letters", "16", "RKSW\n", "RKS\n"),
    ("alternate ZZZZ without ALTN/", "16", "RKSW\n", "ZZZZ\n"),
    ("destination ZZZZ without DEST/", "16", "RKSI0144", "ZZZZ0144"),
    ("unknown reason for special handling", "18", "STS/HEAD", "STS/VIP"),
    ("reason twice", "18", "STS/HEAD", "STS/HEAD HEAD"),
    ("NONRVSM with equipment W", "18", "STS/HEAD", "STS/HEAD NONRVSM"),
    ("unknown navigation specification", "18", "PBN/A1B1", "PBN/A9"),
    ("day that is none", "18", "DOF/180209", "DOF/180230"),
    ("day of 8 figures", "18", "DOF/180209", "DOF/20180209"),
    ("registration with hyphen", "3", "REG/P885", "REG/P-885"),
    ("unknown indicator", "18", "OPR/AIR KORYO", "OPS/AIR KORYO"),
    ("indicator twice", "18", "RMK/NIL", "RMK/NIL RMK/NIL"),
    ("wrong order", "18", "PBN/A1B1 DOF/180209", "DOF/180209 PBN/A1B1"),
    ("empty indicator", "18", "OPR/AIR KORYO", "OPR/"),
    ("text before any indicator", "18", "-STS/HEAD", "-HEAD STS/HEAD"),
    ("elapsed minutes of a boundary", "18", "RKRR0037", "RKRR0077"),
    ("elapsed times that run back", "18", "RKRR0037", "RKRR0007"),
    ("boundary behind the destination", "18", "RKRR0037", "RKRR0237"),
    ("boundary of 3 letters and a figure", "18", "RKRR0037", "RK10037"),
    ("endurance of 3 figures", "19", "E/0423", "E/423"),
    ("endurance minutes 60", "19", "E/0423", "E/0460"),
    ("persons in words", "19", "P/025", "P/MANY"),
    ("unknown radio", "19", "R/VE", "R/VX"),
    ("field 19 out of order", "19", "P/025 R/VE", "R/VE P/025"),
    ("dinghies without capacity", "19", "D/02 016 C YELLOW", "D/02"),
    ("endurance missing", "19", "E/0423 ", ""),
]  # fmt: skip


@pytest.mark.parametrize(("what", "field", "before", "after"), _PLANTED, ids=lambda v: str(v)[:40])
def test_a_planted_error_is_found_in_its_field(
    what: str, field: str, before: str, after: str
) -> None:
    assert before in _SOUND
    faults = check_message(_SOUND.replace(before, after, 1))
    assert field in {fault.field for fault in faults}, (what, faults)


@given(st.text(max_size=400))
def test_any_text_is_judged_and_never_breaks_the_checker(text: str) -> None:
    check_message(text)
    check_message(f"(FPL-{text})")


@given(st.integers(0, len(_SOUND) - 1), st.characters(codec="ascii"))
def test_a_changed_character_never_breaks_the_checker(at: int, character: str) -> None:
    check_message(_SOUND[:at] + character + _SOUND[at + 1 :])
