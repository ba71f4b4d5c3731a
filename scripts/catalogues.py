"""Keep the translation catalogues: ``python scripts/catalogues.py extract|compile|check``.

The German sentences live in data: responses in ``bot/domain``, content in ``data``, code lists in ``contracts``, the
widget's own in ``bot/widget/strings.yml``, those of papers in ``bot/documents/texts.yml``. ``extract`` gathers them
into ``locales/lotse.pot`` and brings every ``locales/<lang>/LC_MESSAGES/lotse.po`` up to date; ``compile`` makes the
``.mo`` files that the bot reads; ``check`` fails where a catalogue and its sources differ. A message is found by its
context (where it is said) and its German text, so a changed source text is untranslated by construction, never silently
old.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"
DOMAIN = "lotse"
DRAFT = "# state: draft (not yet reviewed by a native speaker)"
"""Stands in the head of a catalogue until a native speaker has reviewed it; then ``# state: reviewed by …, date``."""


class Entry(NamedTuple):
    """A German sentence, where it is said, and a note for the translator."""

    context: str
    text: str
    note: str
    published: bool = True
    """Whether it is shown already; a draft of the editors may wait for its translations."""


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _responses() -> Iterator[Entry]:
    for path in sorted((ROOT / "bot/domain").glob("*.yml")):
        for name, variants in (_load(path).get("responses") or {}).items():
            for variant in variants:
                if "text" in variant:
                    yield Entry(name, variant["text"], "said by the assistant")
                for button in variant.get("buttons") or []:
                    yield Entry(name, button["title"], "a button below the text")
                for key, text in ((variant.get("custom") or {}).get("texts") or {}).items():
                    yield Entry(name, text, f"a label ({key})")


def _content() -> Iterator[Entry]:
    for folder, entries in (("orientation", _topic), ("passages", _passage)):
        for path in sorted((ROOT / "data" / folder).glob("*.yml")):
            data = _load(path)
            for entry in entries(data):
                yield entry._replace(published=data["status"] == "published")


def _topic(topic: Any) -> Iterator[Entry]:
    context = f"orientation.{topic['id']}"
    yield Entry(context, topic["title"], "title of a topic")
    yield Entry(context, topic["answer"], "the short answer")
    for step in topic["steps"]:
        yield Entry(context, step, "a step, in order")
    for paper in topic["bring"]:
        yield Entry(context, paper, "something to bring along")
    for field, note in (("notice", "an honest limit"), ("waiting", "how long it takes")):
        if topic.get(field):
            yield Entry(context, topic[field], note)
    for group in topic.get("groups") or ():
        yield Entry(context, group["text"], f"for {group['who']} only")


def _passage(passage: Any) -> Iterator[Entry]:
    context = f"passage.{passage['id']}"
    yield Entry(context, passage["title"], "title of a passage of life")
    yield Entry(context, passage["answer"], "the short answer")
    for step in passage["steps"]:
        yield Entry(context, step["text"], "a step, in order")
        for field in ("before", "after"):
            if step.get(field):
                yield Entry(context, step[field], f"who is competent {field} the step")
    for paper in passage["bring"]:
        yield Entry(context, paper, "something to bring along")
    if passage.get("notice"):
        yield Entry(context, passage["notice"], "an honest limit")


def _consents() -> Iterator[Entry]:
    data = _load(ROOT / "data/consent/purposes.yml")
    for label in data["labels"].values():
        yield Entry("consent.labels", label, "label of a row of a consent card")
    for purpose, text in data["purposes"].items():
        for field in ("title", "question", *data["labels"]):
            note = f"consent card: {field}; critical text"
            yield Entry(f"consent.{purpose}", text[field], note, published=text["asked"] != "staff")
    for row in _load(ROOT / "data/consent/notice.yml")["rows"]:
        yield Entry("consent.notice", row["label"], "privacy notice (Art. 13 GDPR): label; critical text")
        # Where it is a name and an address from the profile there is nothing to translate.
        if not row["text"].startswith("{") or not row["text"].endswith("}"):
            yield Entry("consent.notice", row["text"], "privacy notice (Art. 13 GDPR); critical text")


def _codes() -> Iterator[Entry]:
    for name, codes in _load(ROOT / "contracts/codes-v1.yml").items():
        # Not shown to the newcomer.
        if name in ("contact_kinds", "signals", "purposes"):
            continue
        for code in codes.values():
            if name == "routing_reasons" and not code.get("on_card"):
                continue
            yield Entry(f"code.{name}", code["label"], "name of a code")
            for reason in (code.get("reasons") or {}).values():
                yield Entry("code.reasons", reason["label"], "the reason told to the newcomer with the state")


def _others() -> Iterator[Entry]:
    emergency = _load(ROOT / "data/emergency.yml")
    yield Entry("emergency", emergency["text"], "caring sentence on the emergency card; critical text")
    for number in emergency["numbers"]:
        yield Entry("emergency", number["label"], "whose number it is; critical text")
    for path in sorted((ROOT / "data/municipalities").glob("*/directory.yml")):
        yield Entry("directory", _load(path)["demo_note"], "shown beside an invented address")
    for path in sorted((ROOT / "data/municipalities").glob("*/profile.yml")):
        profile = _load(path)
        for name in (profile["intake_recipient"], profile["interpreter_pool"]["name"]):
            yield Entry("recipient", name, f"who gets the data, on a consent card ({profile['name']}); critical text")
        for asked in (profile.get("intake") or {}).get("sensitive", ()):
            note = f"why a sensitive question ({asked['id']}) is asked ({profile['name']}); critical text"
            yield Entry("leitfaden.reason", asked["reason"], note)
    for key, text in _load(ROOT / "bot/widget/strings.yml").items():
        yield Entry("widget", text, f"said by the chat window ({key})")
    for key, text in _load(ROOT / "bot/documents/texts.yml").items():
        yield Entry("document", text, f"stands on a paper to take along ({key})")


def source_entries() -> list[Entry]:
    """All German sentences, each once per context, in the order of the sources."""
    seen: dict[tuple[str, str], Entry] = {}
    for source in (_responses, _content, _consents, _codes, _others):
        for entry in source():
            text = entry.text.strip()
            seen.setdefault((entry.context, text), entry._replace(text=text))
    return list(seen.values())


def languages() -> list[str]:
    """The languages that have a catalogue; German is the source and has none."""
    return sorted(path.name for path in LOCALES.iterdir() if (path / "LC_MESSAGES" / f"{DOMAIN}.po").is_file())


def offered() -> list[str]:
    """The languages that a municipality offers: these must be complete. Others may still be in the making."""
    profiles = (ROOT / "data/municipalities").glob("*/profile.yml")
    return sorted({language for path in profiles for language in _load(path)["languages"]} - {"de"})


def drafts() -> list[str]:
    """The languages that are offered though only what matters most is translated."""
    profiles = (ROOT / "data/municipalities").glob("*/profile.yml")
    return sorted({language for path in profiles for language in _load(path).get("draft_languages", ())})


def is_vital(context: str) -> bool:
    """Whether even a draft language must have it: all but the topics, and the names of meanings."""
    return not context.startswith(("orientation.", "passage.", "directory", "utter_meaning_labels", "code.routing_reasons"))


def catalogue_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _identifier(language: str) -> str:
    """A tag as gettext writes it."""
    return language.replace("-", "_")


def read(language: str) -> Catalog:
    """The catalogue of a language."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=_identifier(language))


def _template() -> Catalog:
    template = Catalog(fuzzy=False, charset="utf-8")
    for entry in source_entries():
        template.add(entry.text, context=entry.context, auto_comments=[entry.note])
    return template


def extract(new_languages: list[str]) -> None:
    """Bring template and catalogues up to date; a changed German text loses its translation, an unchanged one keeps it."""
    template = _template()
    for language in sorted({*languages(), *new_languages}):
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        old = read(language) if path.exists() else Catalog(locale=_identifier(language))
        comment = old.header_comment if path.exists() else f"# KIM-Lotse, {language}\n{DRAFT}"
        catalogue = Catalog(locale=_identifier(language), fuzzy=False, charset="utf-8", header_comment=comment)
        for message in template:
            if message.id:
                known = old.get(message.id, message.context)
                text = known.string if known else ""
                catalogue.add(message.id, text, context=message.context, auto_comments=message.auto_comments)
        _write(path, catalogue)
    _write(LOCALES / f"{DOMAIN}.pot", template)


def _write(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, omit_header=False, sort_output=False)
    # Dates in the header would change the file at every run.
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    dated = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        '"Last-Translator',
        '"Language-Team',
        '"Report-Msgid',
        '"Project-Id',
    )
    path.write_text("".join(line for line in lines if not line.startswith(dated)), encoding="utf-8")


def compile_all() -> None:
    """Write the .mo files."""
    for language in languages():
        with catalogue_path(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(language))


def placeholders(text: str) -> set[str]:
    """The {names} in a text; {x_in} counts as {x}: only German needs the name of a place with its preposition."""
    return {name.removesuffix("_in") for _, name, _, _ in string.Formatter().parse(text) if name}


def problems() -> list[str]:
    """What is wrong with the catalogues, one line each; empty if all is well."""
    found = []
    entries = {(entry.context, entry.text): entry for entry in source_entries()}
    wanted = {key for key, entry in entries.items() if entry.published}
    for language in (*offered(), *drafts()):
        if not catalogue_path(language).exists():
            found.append(f"{language}: offered, but has no catalogue")
            continue
        catalogue = read(language)
        have = {(message.context, message.id): message for message in catalogue if message.id}
        needed = wanted if language in offered() else {key for key in wanted if is_vital(key[0])}
        found += [f"{language}: missing [{context}] {text[:60]!r}" for context, text in sorted(needed - have.keys())]
        found += [f"{language}: stale [{context}] {text[:60]!r}" for context, text in sorted(have.keys() - entries.keys())]
        for (context, text), message in have.items():
            if not message.string and (context, text) not in needed:
                continue
            if not message.string:
                found.append(f"{language}: untranslated [{context}] {text[:60]!r}")
            elif placeholders(message.string) != placeholders(text):
                found.append(f"{language}: other placeholders [{context}] {text[:60]!r}")
            elif message.fuzzy:
                found.append(f"{language}: fuzzy [{context}] {text[:60]!r}")
    return found


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command == "extract":
        extract(arguments[1:])
    elif command == "compile":
        compile_all()
    elif command == "check":
        found = problems()
        print("\n".join(found) or f"catalogues complete: de {' '.join(offered())}; drafts: {' '.join(drafts()) or 'none'}")
        return 1 if found else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
