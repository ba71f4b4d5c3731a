"""Who can help here: a pure function over the municipality's rules, what the person said, and the date.

The rules are data (data/municipalities/<tenant>/routing.yml). All that fire are recorded; targets come in the order of the
rules. What the person did not say never excludes, and the answer is never empty. A target is a proposal: people decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date as Date
from datetime import datetime
from typing import Any, Optional

from actions.model.directory import Directory, ServiceAtLocation
from actions.model.offices import RankedOffice, rank
from actions.model.places import Places, Pointer, Whereabouts
from actions.model.signals import NOT_A_BODY

OF_TOPIC = "of_topic"
"""As service of a rule: the service that the topic names."""
COMPETENT = "competent"
"""As provider of a rule: whoever does case management for this place, this age, and has room."""
ASK_HERE = "ask_here"
"""Reason: there is no office of this service for the place; this one knows on."""
WAITING_LIST = "waiting_list"
"""Reason: every provider is full; said honestly, not hidden."""


@dataclass(frozen=True)
class Question:
    """What is known of the person's matter; only the time is needed. All else may be unknown and was given freely."""

    at: datetime
    """Local time of the municipality."""
    postal_code: Optional[str] = None
    place: Optional[str] = None
    """Town, district or quarter, by its German name."""
    topic: Optional[str] = None
    areas: tuple[str, ...] = ()
    language: str = "de"
    age: Optional[int] = None
    years_here: Optional[int] = None
    helped_by: tuple[str, ...] = ()
    declined_by: tuple[str, ...] = ()
    """Who already said "not competent": the way back from a referral."""
    wants: tuple[str, ...] = ()
    """``support``: a person who helps; ``case_management``: asked for in so many words."""
    circumstances: tuple[str, ...] = ()
    """Groups of codes-v1.yml and the circumstances that the municipality's rules declare; self-chosen, never asked."""
    provider: Optional[str] = None
    """The provider that the person asked for."""


@dataclass(frozen=True)
class Provider:
    """Who does case management here (profile.yml), for whom, and whether there is room."""

    id: str
    organization_id: str
    service: str
    districts: frozenset[str]
    minimum_age: Optional[int]
    maximum_age: Optional[int]
    capacity: str
    """free, waiting_list or full"""
    reserve: bool
    """Only when no other has room (Moers: Deckungsreserve)."""
    on_request: bool
    """Only for who asks for it by name; never concluded from anything."""

    def is_for(self, areas: frozenset[str], age: Optional[int]) -> bool:
        """Whether place and age fit, as far as they are known."""
        fits_age = age is None or ((self.minimum_age or 0) <= age and (self.maximum_age is None or age <= self.maximum_age))
        return fits_age and (not self.districts or not areas or bool(self.districts & areas))


@dataclass(frozen=True)
class Then:
    """Where a rule leads."""

    kind: str
    """information, counselling, clearing, case_management, referral or outside"""
    reason: str
    service: Optional[str] = None
    provider: Optional[str] = None
    way_back: Optional[str] = None
    """The service to which the result of a referral comes back."""
    final: bool = False
    """No later rule is asked."""


@dataclass(frozen=True)
class Rule:
    """A rule that people agreed on: who, when, and where it is written."""

    id: str
    when: Mapping[str, Any]
    """All of it must hold."""
    unless: Mapping[str, Any]
    """None of it may hold."""
    then: Then
    source: str
    date: Date
    owner: str
    valid_until: Optional[Date] = None


@dataclass(frozen=True)
class Target:
    """Where the person can turn to. Reasons are codes (codes-v1.yml: routing_reasons), ``rules`` the ids that led here."""

    kind: str
    service: Optional[str]
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    offices: tuple[RankedOffice, ...] = ()
    providers: tuple[str, ...] = ()
    way_back: Optional[str] = None
    pointer: Optional[Pointer] = None


@dataclass(frozen=True)
class Routed:
    """Targets, best first, and all rules that fired, in their order."""

    targets: tuple[Target, ...]
    fired: tuple[Rule, ...]


@dataclass(frozen=True)
class Municipality:
    """All that routing reads of a municipality."""

    directory: Directory
    places: Places
    providers: tuple[Provider, ...]
    rules: tuple[Rule, ...]
    fallback: Then
    prefer: tuple[str, ...]
    topics: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Topic to its service and area of life."""
    interpreter_pool: bool = False


@dataclass(frozen=True)
class _Facts:
    question: Question
    whereabouts: Whereabouts
    areas: frozenset[str]
    bodies: frozenset[str]
    free: frozenset[str]


def route(municipality: Municipality, question: Question) -> Routed:
    """The targets for a question, and why."""
    facts = _facts(municipality, question)
    fired = []
    targets: dict[tuple[Optional[str], tuple[str, ...]], Target] = {}
    for rule in municipality.rules:
        if not _fires(rule, facts):
            continue
        fired.append(rule)
        target = _target(municipality, facts, rule.then, (rule.id,))
        if target is not None:
            key = (target.service, target.providers)
            targets[key] = _merged(targets[key], target) if key in targets else target
        if rule.then.final:
            break
    found = tuple(targets.values()) or (_fallback(municipality, facts),)
    return Routed(found, tuple(fired))


def offices_for(municipality: Municipality, service: str, question: Question) -> tuple[RankedOffice, ...]:
    """The offices of a service in the order that fits who asks, whatever the rules say; nobody is sent away from them."""
    facts = _facts(municipality, question)
    target = Target("information", service, (), ())
    return _with_offices(municipality, facts, target, municipality.directory.at(service)).offices


def _facts(municipality: Municipality, question: Question) -> _Facts:
    topic_area = municipality.topics.get(question.topic or "", (None, None))[1]
    return _Facts(
        question=question,
        whereabouts=municipality.places.locate(question.postal_code, question.place),
        areas=frozenset({*question.areas, *([topic_area] if topic_area else [])}),
        bodies=frozenset(question.helped_by) - NOT_A_BODY,
        free=frozenset(provider.id for provider in municipality.providers if provider.capacity == "free"),
    )


def _any_of(said: Callable[[_Facts], Collection[Optional[str]]]) -> Callable[[Any, _Facts], bool]:
    return lambda wanted, facts: not set(wanted).isdisjoint(said(facts))


def _between(number: Callable[[Question], Optional[int]]) -> Callable[[Any, _Facts], bool]:
    def holds(bounds: Any, facts: _Facts) -> bool:
        value = number(facts.question)
        return value is not None and bounds.get("from", value) <= value <= bounds.get("to", value)

    return holds


def _side(where: Whereabouts) -> str:
    return {True: "inside", False: "outside", None: "unknown"}[where.inside]


CONDITIONS: Mapping[str, Callable[[Any, _Facts], bool]] = {
    "topics": _any_of(lambda facts: [facts.question.topic]),
    "areas": _any_of(lambda facts: facts.areas),
    "helped_by": _any_of(lambda facts: facts.question.helped_by),
    "declined_by": _any_of(lambda facts: facts.question.declined_by),
    "wants": _any_of(lambda facts: facts.question.wants),
    "circumstances": _any_of(lambda facts: facts.question.circumstances),
    "provider": _any_of(lambda facts: [facts.question.provider]),
    "free": _any_of(lambda facts: facts.free),
    "districts": _any_of(lambda facts: facts.whereabouts.areas),
    "place": _any_of(lambda facts: [_side(facts.whereabouts)]),
    "age": _between(lambda question: question.age),
    "years_here": _between(lambda question: question.years_here),
    "areas_at_least": lambda count, facts: len(facts.question.areas) >= int(count),
    "bodies_at_least": lambda count, facts: len(facts.bodies) >= int(count),
    "known": lambda names, facts: all(bool(getattr(facts.question, name)) for name in names),
}
"""What a rule can ask (contracts/routing-v1.schema.json). Lists mean: one of them. What was not said does not hold."""


def _fires(rule: Rule, facts: _Facts) -> bool:
    if rule.valid_until is not None and facts.question.at.date() > rule.valid_until:
        return False
    return all(CONDITIONS[name](wanted, facts) for name, wanted in rule.when.items()) and not any(
        CONDITIONS[name](wanted, facts) for name, wanted in rule.unless.items()
    )


def _target(municipality: Municipality, facts: _Facts, then: Then, rules: tuple[str, ...]) -> Optional[Target]:
    if then.service is None:
        return Target(then.kind, None, (then.reason,), rules, pointer=municipality.places.elsewhere)
    topic_service = municipality.topics.get(facts.question.topic or "", (None, None))[0]
    service = topic_service if then.service == OF_TOPIC else then.service
    known = municipality.directory.services.get(service or "")
    if known is None or not known.is_for(facts.question.age):
        return None
    target = Target(then.kind, known.id, (then.reason,), rules, way_back=then.way_back)
    offices = municipality.directory.at(known.id)
    if then.provider is not None:
        providers, more = _providers(municipality, facts, then.provider)
        offices = tuple(
            office
            for provider in providers
            for office in municipality.directory.at(provider.service)
            if office.organization_id == provider.organization_id
        )
        ids = tuple(provider.id for provider in providers)
        target = replace(target, providers=ids, reasons=(*target.reasons, *more))
    return _with_offices(municipality, facts, target, offices)


def _providers(municipality: Municipality, facts: _Facts, wanted: str) -> tuple[tuple[Provider, ...], tuple[str, ...]]:
    """The providers in question, those with room first, and what is to be said about it."""
    if wanted != COMPETENT:
        return tuple(provider for provider in municipality.providers if provider.id == wanted), ()
    fitting = [
        provider
        for provider in municipality.providers
        if not provider.on_request and provider.is_for(facts.whereabouts.areas, facts.question.age)
    ]
    with_room = [provider for provider in fitting if provider.capacity == "free"]
    first = [provider for provider in with_room if not provider.reserve]
    found = first or with_room or fitting
    return tuple(found), () if with_room or not found else (WAITING_LIST,)


def _with_offices(municipality: Municipality, facts: _Facts, target: Target, offices: tuple[ServiceAtLocation, ...]) -> Target:
    where = facts.whereabouts
    serving = tuple(office for office in dict.fromkeys(offices) if office.serves(where.areas))
    if not serving:
        target = replace(target, reasons=(*target.reasons, ASK_HERE))
        knowing = municipality.directory.at(municipality.fallback.service or "")
        serving = tuple(office for office in knowing if office.serves(where.areas)) or knowing
    question = facts.question
    ranked = rank(serving, where, question.language, question.at, municipality.prefer, municipality.interpreter_pool)
    return replace(target, offices=ranked)


def _fallback(municipality: Municipality, facts: _Facts) -> Target:
    then = municipality.fallback
    target = Target(then.kind, then.service, (then.reason,), ())
    return _with_offices(municipality, facts, target, municipality.directory.at(then.service or ""))


def _merged(first: Target, second: Target) -> Target:
    """One target for two rules: the kind of the first, the reasons of both."""
    reasons = tuple(dict.fromkeys((*first.reasons, *second.reasons)))
    return replace(first, reasons=reasons, rules=(*first.rules, *second.rules), way_back=first.way_back or second.way_back)
