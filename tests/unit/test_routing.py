"""Routing over the real rules of three municipalities, and of a fourth (Moers) that exists only in the tests.

The scenarios of the field, by their ids, stand in routing_scenarios.yml.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Optional
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions.adapters.municipalities import load_municipality
from actions.model.routing import CONDITIONS, Municipality, Question, Routed, Rule, Then, route

ROOT = Path(__file__).resolve().parents[2]
TENANTS = ("duesseldorf", "warendorf", "koeln")
SCENARIOS = yaml.safe_load((Path(__file__).parent / "routing_scenarios.yml").read_text(encoding="utf-8"))
MONDAY = datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("Europe/Berlin"))
SUPPORT = ("support",)
WISH = ("support", "case_management")
CASE_MANAGEMENT = ("case_management", "case_management")
MBE = ("counselling", "migration_counselling")


@cache
def municipality(tenant: str) -> Municipality:
    home = ROOT / "data/municipalities" if tenant in TENANTS else Path(__file__).parent / "municipalities"
    return load_municipality(home / tenant, ROOT / "data/orientation")


def ask(tenant: str, **said: Any) -> Routed:
    return route(municipality(tenant), Question(**{"at": MONDAY, **said}))


def ways(routed: Routed) -> list[tuple[str, Optional[str]]]:
    return [(target.kind, target.service) for target in routed.targets]


@pytest.mark.parametrize("case", SCENARIOS, ids=[case["id"] for case in SCENARIOS])
def test_scenario(case: dict[str, Any]) -> None:
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in case["said"].items()}
    routed = ask(case["tenant"], **said)
    assert [" ".join(filter(None, way)) for way in ways(routed)] == case["targets"]
    assert all(target.offices for target in routed.targets if target.kind != "outside")
    if "providers" in case:
        assert list(routed.targets[0].providers) == case["providers"]


def test_referral_has_a_way_back_and_says_why() -> None:
    first = ask("warendorf", topic="work", helped_by=("jobcenter",)).targets[0]
    assert (first.reasons, first.way_back, first.rules) == (("own_case_management",), "welcome_point", ("jobcenter_leads",))


def test_outside_the_area_comes_a_pointer() -> None:
    first = ask("warendorf", postal_code="48143").targets[0]
    assert first.pointer is not None and first.pointer.url.startswith("https://")


def test_municipal_case_management_is_with_welfare_in_koeln() -> None:
    first = ask("koeln", wants=WISH).targets[0]
    assert first.reasons == ("by_welfare",)
    assert {office.location for office in first.offices} == {"caritas_1", "ib_1", "kja_1"}


def test_every_rule_that_fired_is_recorded_in_order() -> None:
    routed = ask("duesseldorf", wants=WISH, areas=("education", "housing", "health"), age=22)
    management = ("case_management_several_areas", "case_management_wished")
    assert [rule.id for rule in routed.fired] == [*management, "young_person", "clearing"]
    assert routed.targets[0].rules == management
    assert routed.targets[0].reasons == ("several_areas", "wish")
    assert all(rule.source and rule.owner and rule.date for rule in routed.fired)


@pytest.mark.parametrize("tenant", TENANTS)
def test_who_refuses_the_network_is_told_what_that_means(tenant: str) -> None:
    last = ask(tenant, wants=WISH, circumstances=("network_refused",)).targets[-1]
    assert (last.kind, last.reasons) == ("clearing", ("network_needed", "talk_first"))


def test_provider_of_a_faith_is_never_concluded() -> None:
    routed = ask("duesseldorf", wants=WISH, areas=("education", "housing", "health"), language="ar", circumstances=("refugee",))
    assert not any("kddm" in target.providers for target in routed.targets)


# Providers and their room (Moers)


def with_capacity(tenant: str, **capacity: str) -> Municipality:
    before = municipality(tenant)
    providers = tuple(replace(provider, capacity=capacity.get(provider.id, provider.capacity)) for provider in before.providers)
    return replace(before, providers=providers)


@pytest.mark.parametrize(
    ("age", "full", "expected", "reason"),
    [
        (26, {"jmd": "full"}, "servicestelle", "reserve"),
        (28, {"awo": "full"}, "servicestelle", "reserve"),
        (28, {"jmd": "full"}, "awo", "adult"),
    ],
)
def test_provider_without_room_is_replaced_by_the_reserve(age: int, full: dict[str, str], expected: str, reason: str) -> None:
    question = Question(at=MONDAY, circumstances=("asylum_seeker",), wants=WISH, age=age)
    first = route(with_capacity("moers", **full), question).targets[0]
    assert (first.providers, first.reasons) == ((expected,), (reason,))


def test_when_all_are_full_it_is_said() -> None:
    full = with_capacity("koeln", caritas="full", ib="full", kja="full", awo="full")
    first = route(full, Question(at=MONDAY, wants=WISH)).targets[0]
    assert first.reasons == ("by_welfare", "waiting_list") and first.offices


# Rules of other municipalities, as data


def rules(*given_rules: tuple[str, dict[str, Any], Then]) -> Municipality:
    made = tuple(Rule(name, when, {}, then, "test", date(2026, 1, 1), "test") for name, when, then in given_rules)
    return replace(municipality("moers"), rules=made)


@pytest.mark.parametrize(("years", "expected"), [(6, [MBE]), (5, [CASE_MANAGEMENT]), (None, [CASE_MANAGEMENT])])
def test_cm15_case_management_only_in_the_first_five_years(years: Optional[int], expected: list[tuple[str, str]]) -> None:
    dormagen = rules(
        ("long_here", {"years_here": {"from": 6}}, Then("counselling", "first_years", "migration_counselling", final=True)),
        ("others", {"wants": ["case_management"]}, Then("case_management", "wish", "case_management", "competent")),
    )
    assert ways(route(dormagen, Question(at=MONDAY, wants=WISH, years_here=years))) == expected


def test_rule_of_a_programme_that_ended_no_longer_fires() -> None:
    ended = rules(("programme", {"wants": ["support"]}, Then("counselling", "wish", "migration_counselling")))
    ended = replace(ended, rules=(replace(ended.rules[0], valid_until=date(2022, 6, 30)),))
    assert route(ended, Question(at=MONDAY, wants=SUPPORT)).fired == ()
    assert route(ended, Question(at=MONDAY.replace(year=2022, month=6, day=30), wants=SUPPORT)).fired == ended.rules


# Place, language, time


@pytest.mark.parametrize(
    ("tenant", "said", "service", "location"),
    [
        ("duesseldorf", {"postal_code": "40595"}, "welcome_point", "welcome_point_sued"),
        ("duesseldorf", {"place": "Garath"}, "welcome_point", "welcome_point_sued"),
        ("duesseldorf", {"place": "Lichtenbroich"}, "welcome_point", "welcome_point_nord"),
        ("duesseldorf", {"place": "Wersten"}, "welcome_point", "welcome_point_sued"),
        ("duesseldorf", {"place": "Garath", "language": "uk"}, "welcome_point", "welcome_point_1"),
        ("warendorf", {"place": "Drensteinfurt"}, "welcome_point", "ki_ahlen"),
        ("warendorf", {"place": "Oelde"}, "registration", "buergerbuero_oelde"),
        ("warendorf", {"postal_code": "48346"}, "registration", "buergerbuero_ostbevern"),
        ("warendorf", {"place": "Wadersloh"}, "jobcenter_advice", "jobcenter_beckum"),
        ("koeln", {"place": "Zündorf"}, "registration", "kundenzentrum_porz"),
        ("koeln", {"postal_code": "50769"}, "migration_counselling", "mbe_chorweiler"),
    ],
)
def test_nearest_office_that_fits_comes_first(tenant: str, said: dict[str, Any], service: str, location: str) -> None:
    here = replace(municipality(tenant), rules=(), fallback=Then("information", "ask_here", service))
    offices = route(here, Question(at=MONDAY, **said)).targets[0].offices
    assert offices[0].location == location


def test_town_of_a_kreis_has_offices_of_its_own_only() -> None:
    for town in ("Oelde", "Ahlen"):
        target = ask("warendorf", place=town, topic="registration").targets[0]
        assert [office.location for office in target.offices] == [f"buergerbuero_{town.lower()}"]
    assert len(ask("warendorf", topic="registration").targets[0].offices) == 13


@pytest.mark.parametrize(
    ("tenant", "prefer", "said", "location", "reason"),
    [
        ("duesseldorf", ("language", "distance"), {"place": "Garath", "language": "uk"}, "welcome_point_1", "speaks_language"),
        ("duesseldorf", ("distance", "language"), {"place": "Garath", "language": "uk"}, "welcome_point_sued", "nearest"),
        ("warendorf", ("district",), {"place": "Drensteinfurt"}, "ki_oelde", "same_district"),
        ("koeln", ("opening",), {"at": MONDAY.replace(day=24, hour=18)}, "mbe_chorweiler", "open_now"),
    ],
)
def test_order_of_the_criteria_is_the_municipalitys(
    tenant: str, prefer: tuple[str, ...], said: dict[str, Any], location: str, reason: str
) -> None:
    here = replace(municipality(tenant), prefer=prefer)
    first = route(here, Question(**{"at": MONDAY, "topic": "social_contacts", **said})).targets[0].offices[0]
    assert first.location == location and reason in first.reasons


def test_service_without_an_office_for_the_town_names_one_that_knows() -> None:
    before = municipality("warendorf")
    rows = tuple(row for row in before.directory.services_at_location if row.id != "registration__buergerbuero_oelde")
    here = replace(before, directory=replace(before.directory, services_at_location=rows))
    target = route(here, Question(at=MONDAY, topic="registration", place="Oelde")).targets[0]
    assert target.reasons == ("topic_office", "ask_here")
    assert target.offices[0].location == "ki_oelde"


def test_two_rules_to_one_service_make_one_target_with_the_way_back() -> None:
    target = ask("duesseldorf", topic="work", helped_by=("employment_agency",)).targets[0]
    assert (target.kind, target.reasons, target.way_back) == (
        "referral",
        ("own_case_management", "topic_office"),
        "welcome_point",
    )
    twice = rules(
        ("first", {"known": ["topic"]}, Then("information", "topic_office", "jobcenter_advice")),
        ("second", {"known": ["topic"]}, Then("referral", "own_case_management", "jobcenter_advice", way_back="welcome_point")),
    )
    merged = route(twice, Question(at=MONDAY, topic="work")).targets
    assert [(target.kind, target.way_back) for target in merged] == [("information", "welcome_point")]


@pytest.mark.parametrize(
    ("tenant", "expected"),
    [("duesseldorf", "with_interpreter"), ("koeln", "with_interpreter"), ("warendorf", "interpreter_open")],
)
def test_a14_language_that_nobody_speaks_excludes_nothing_and_promises_nothing(tenant: str, expected: str) -> None:
    spoken, not_spoken = (ask(tenant, wants=WISH, age=30, language=language) for language in ("de", "ti"))
    assert ways(spoken) == ways(not_spoken)
    assert all(expected in office.reasons for target in not_spoken.targets for office in target.offices)


@pytest.mark.parametrize(
    ("at", "opens", "reason"),
    [
        ("2026-11-23T10:30", "2026-11-23T10:30", "open_now"),
        ("2026-11-23T13:00", "2026-11-24T14:00", "opens_later"),
        ("2026-11-20T13:00", "2026-11-23T10:00", "opens_later"),  # over the weekend
        ("2026-12-24T18:00", "2026-12-28T10:00", "opens_later"),  # Christmas, then a Sunday
        ("2027-05-06T09:00", "2027-05-07T10:00", "opens_later"),  # Ascension is a Thursday
        ("2026-03-27T15:00", "2026-03-30T10:00", "opens_later"),  # the clocks change in between
    ],
)
def test_opening_hours_know_the_holidays(at: str, opens: str, reason: str) -> None:
    asked, expected = (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")) for text in (at, opens))
    offices = ask("duesseldorf", topic="social_contacts", at=asked).targets[0].offices
    office = next(office for office in offices if office.location == "welcome_point_1")
    assert office.opens == expected
    assert reason in office.reasons


def test_by_appointment_has_no_opening() -> None:
    office = ask("duesseldorf", topic="residence_permit").targets[0].offices[0]
    assert (office.opens, office.reasons) == (None, ("by_appointment",))


# Whatever was said


CODES = st.sampled_from(["jobcenter", "youth_office", "employment_agency", "migration_counselling", "nobody", "volunteer"])
CIRCUMSTANCES = st.sampled_from(["refugee", "benefits_changing", "on_behalf", "network_refused"])
SAID = st.fixed_dictionaries(
    {},
    optional={
        "postal_code": st.sampled_from(["40595", "59302", "50667", "10115", "x", ""]),
        "place": st.sampled_from(["Oelde", "Garath", "Porz", "Hamm", "nowhere", ""]),
        "topic": st.sampled_from(["housing", "youth_support", "family_reunification", "complaint", "unknown"]),
        "areas": st.lists(st.sampled_from(["work", "family", "health", "finances"]), unique=True).map(tuple),
        "age": st.integers(0, 100),
        "years_here": st.integers(0, 60),
        "helped_by": st.lists(CODES, unique=True).map(tuple),
        "declined_by": st.lists(CODES, unique=True).map(tuple),
        "wants": st.sampled_from([(), SUPPORT, WISH]),
        "circumstances": st.lists(CIRCUMSTANCES, unique=True).map(tuple),
        "provider": st.sampled_from(["kddm", "caritas", "nobody"]),
    },
)
AT = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=ZoneInfo("Europe/Berlin")))


@given(st.sampled_from([*TENANTS, "moers"]), SAID, AT)
def test_never_empty(tenant: str, said: dict[str, Any], at: datetime) -> None:
    routed = ask(tenant, at=at, **said)
    assert routed.targets
    for target in routed.targets:
        assert target.reasons
        assert target.pointer if target.kind == "outside" else target.offices
        assert all(office.opens is None or office.opens >= at for office in target.offices)


@given(st.sampled_from(TENANTS), SAID, st.sampled_from(["de", "ar", "ti", "de-simple"]))
def test_language_is_never_a_filter(tenant: str, said: dict[str, Any], language: str) -> None:
    before, after = ask(tenant, **said), ask(tenant, language=language, **said)
    assert ways(before) == ways(after)
    assert [{office.location for office in target.offices} for target in before.targets] == [
        {office.location for office in target.offices} for target in after.targets
    ]


@given(st.sampled_from(TENANTS), SAID, st.sampled_from(["tolerated", "asylum_seeker", "refugee", "eu_citizen", "long_settled"]))
def test_cm6_status_takes_nothing_away(tenant: str, said: dict[str, Any], status: str) -> None:
    more = {**said, "circumstances": (*said.get("circumstances", ()), status)}
    before = ask(tenant, **said)
    if before.fired:
        assert set(ways(before)) <= set(ways(ask(tenant, **more)))


@given(st.sampled_from(TENANTS), SAID, st.integers(0, 60))
def test_years_in_germany_decide_nothing_in_these_three(tenant: str, said: dict[str, Any], years: int) -> None:
    assert ways(ask(tenant, **said)) == ways(ask(tenant, **{**said, "years_here": years}))


def test_conditions_of_the_schema_are_those_that_are_evaluated() -> None:
    schema = json.loads((ROOT / "contracts/routing-v1.schema.json").read_text(encoding="utf-8"))
    assert set(schema["$defs"]["conditions"]["properties"]) == set(CONDITIONS)
