"""What is sent follows on what was sent and booked: codes, identifiers, references."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from retinue.checks.approvals import check_approvals
from retinue.checks.path_message import NAMESPACE, check_path_message
from retinue.errors import InputError
from retinue.plan import Plan
from retinue.traffic.path_message import PathMessage
from retinue.traffic.path_process import (
    booked_parts,
    names_of_sent,
    next_requests,
    parts_of,
    withdrawn,
)
from retinue.traffic.path_request import asked_of_plan
from retinue.traffic.path_xml import path_xml
from retinue.traffic.register_requests import kept
from retinue.traffic.states import amend, approve, withdraw
from tests.report.sample_plan import sample_plan
from tests.traffic.drawn_paths import small_request
from tests.traffic.test_states import _AT, _checked, _new, _step, _up_to, shifted


def _later(message: PathMessage, seconds: float) -> PathMessage:
    points = tuple(
        replace(
            p,
            arrive_s=None if p.arrive_s is None else p.arrive_s + seconds,
            depart_s=None if p.depart_s is None else p.depart_s + seconds,
        )
        for p in message.points
    )
    return replace(message, id=f"{round(seconds):012d}", points=points)


def _codes(message: PathMessage) -> tuple[str, str, str, str]:
    """Root, MessageStatus, TypeOfRequest, TypeOfInformation."""
    text = path_xml(message)
    assert check_path_message(text.encode()).faults == ()
    root = ElementTree.fromstring(text)
    words = [
        root.findtext(f"{{{NAMESPACE}}}{name}") or ""
        for name in ("MessageStatus", "TypeOfRequest", "TypeOfInformation")
    ]
    return (root.tag.rpartition("}")[2], words[0], words[1], words[2])


# The four codes of each business case: DB InfraGO, EVU-Schnittstelle, Anlage 1, 4.6.3.1, table 1.
def test_a_first_request_is_new() -> None:
    parts = parts_of([small_request()])
    out = next_requests(parts, [], [])
    assert out.send == out.standing == tuple(parts)
    assert _codes(parts[0]) == ("PathRequestMessage", "1", "2", "4")


def test_what_still_serves_is_not_sent_again() -> None:
    parts = parts_of([small_request()])
    within = parts_of([_later(small_request(), 600.0)])
    assert next_requests(within, parts, []).send == ()
    assert next_requests(within, [], parts).send == ()
    assert len(next_requests(within, parts, []).unchanged) == 2


def test_a_change_before_the_answer_keeps_its_name() -> None:
    parts = parts_of([small_request()])
    other = parts_of([_later(small_request(), 7_200.0)])
    out = next_requests(other, parts, [])
    assert [one.purpose for one in out.send] == ["change", "change"]
    assert [one.id for one in out.send] == [one.id for one in parts]
    assert _codes(out.send[0]) == ("PathRequestMessage", "2", "2", "4")
    assert names_of_sent(other, out.standing) == {
        sent.id: part.id for sent, part in zip(parts, other, strict=True)
    }


def test_after_acceptance_a_request_modifies_and_refers_to_the_former() -> None:
    parts = parts_of([small_request()])
    booked = booked_parts(parts, [], {parts[0].id: "0080 PA1234567890 A1 2024"})
    other = parts_of([_later(small_request(), 7_200.0)])
    out = next_requests(other, [], booked)
    one, two = out.send
    assert (one.purpose, one.former, one.path) == (
        "modification", parts[0].id, "0080 PA1234567890 A1 2024",
    )  # fmt: skip
    assert one.id == other[0].id and two.former == parts[1].id and two.path == ""
    assert _codes(one) == _codes(two) == ("PathRequestMessage", "1", "3", "4")
    text = path_xml(one)
    assert "<ObjectType>PA</ObjectType>" in text and "<Core>PA1234567890</Core>" in text
    assert f"<Core>{parts[0].id}</Core>" in text.split("<RelatedPlanned")[1]
    # A change of it before the answer stays in the same process, and refers to the same.
    third = parts_of([_later(small_request(), 21_600.0)])
    again = next_requests(third, out.standing, booked).send[0]
    assert (again.purpose, again.id, again.former) == ("change", one.id, parts[0].id)
    assert _codes(again) == ("PathRequestMessage", "2", "3", "4")


def test_what_is_wanted_no_more_is_withdrawn_or_cancelled() -> None:
    first, second = parts_of([small_request()])
    booked = booked_parts([second], [], {second.id: "0080 PA1234567890 A1 2024"})
    out = next_requests([], [first], booked)
    assert [one.purpose for one in out.send] == ["withdrawal", "cancellation"]
    assert out.send == withdrawn([first], booked)
    assert _codes(out.send[0]) == ("PathRequestMessage", "3", "2", "29")
    assert _codes(out.send[1]) == ("PathCanceledMessage", "1", "3", "32")
    text = path_xml(out.send[1])
    assert "<MessageType>2001</MessageType>" in text and "<StartOfSection>" in text


def test_the_checker_knows_codes_that_do_not_go_together() -> None:
    part = parts_of([small_request()])[0]
    gone = path_xml(withdrawn([part], [])[0])
    wrong = gone.replace("<TypeOfInformation>29<", "<TypeOfInformation>4<")
    assert any("information 4" in fault for fault in check_path_message(wrong.encode()).faults)
    alone = path_xml(replace(part, modifies=True))
    assert any("names neither" in fault for fault in check_path_message(alone.encode()).faults)
    cancelled = path_xml(withdrawn([], [part])[0])
    assert any(
        "MessageType" in fault
        for fault in check_path_message(cancelled.replace(">2001<", ">2006<").encode()).faults
    )
    assert any(
        "cancels with" in fault
        for fault in check_path_message(
            cancelled.replace("TypeOfRequest>3<", "TypeOfRequest>2<").encode()
        ).faults
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def test_the_register_remembers_what_was_sent_and_booked(plan: Plan) -> None:
    submitted = _up_to(plan, "submitted")
    assert kept(submitted, "sent") == tuple(parts_of(asked_of_plan(plan)))
    accepted = _up_to(plan, "accepted")
    assert kept(accepted, "sent") == ()
    booked = kept(accepted, "booked")
    assert [one.id for one in booked] == [one.id for one in kept(submitted, "sent")]
    # A change beyond all tolerance: the plan is a draft again, its paths are booked still.
    changed = shifted(plan, 7_200.0)
    again = amend(accepted, changed, role="x", at_s=_AT + 9)
    assert again.state == "draft" and kept(again, "booked") == booked
    again = approve(again, changed, "submitted", role="x", at_s=_AT + 10)
    assert {one.purpose for one in kept(again, "sent")} == {"modification"}
    assert [one.former for one in kept(again, "sent")] == [one.id for one in booked]
    done = _step(_step(again, changed, "offered", _AT + 11), changed, "accepted", _AT + 12)
    assert [one.id for one in kept(done, "booked")] == [one.id for one in kept(again, "sent")]
    assert _checked(changed, done) == ()


def test_an_offer_to_a_changed_request_names_it_as_it_was_sent(plan: Plan) -> None:
    first = _up_to(plan, "submitted")
    changed = shifted(plan, 7_200.0)
    again = amend(first, changed, role="x", at_s=_AT + 9)
    again = approve(again, changed, "submitted", role="x", at_s=_AT + 10)
    sent = kept(again, "sent")
    assert {one.purpose for one in sent} == {"change"}
    from tests.traffic.test_states import offer_of

    # The infrastructure manager answers under the names that it was given.
    named = {part.points: one.id for part, one in zip(
        parts_of(asked_of_plan(changed)), sent, strict=True)}  # fmt: skip
    answered = [replace(one, id=named[one.points]) for one in parts_of(asked_of_plan(changed))]
    offered = approve(again, changed, "offered", role="im", at_s=_AT + 11,
                      papers=[offer_of(answered)])  # fmt: skip
    assert approve(offered, changed, "accepted", role="x", at_s=_AT + 12).state == "accepted"


def test_a_withdrawn_plan_is_a_draft_of_which_nothing_is_asked(plan: Plan) -> None:
    register = withdraw(_up_to(plan, "frozen"), plan, role="desk", at_s=_AT + 9)
    assert register.state == "draft" and register.amendments[-1].lapsed == (1, 2, 3, 4)
    assert kept(register, "booked") == () and _checked(plan, register) == ()
    again = approve(register, plan, "submitted", role="x", at_s=_AT + 10)
    assert {one.purpose for one in kept(again, "sent")} == {"new"}
    with pytest.raises(InputError, match="nothing is asked for"):
        withdraw(_new(plan), plan, role="desk", at_s=_AT)
    spoilt = register.as_dict()
    spoilt["approvals"][3]["lapsed_by"] = None
    import json

    assert check_approvals(json.loads(plan.to_json()), spoilt).faults
