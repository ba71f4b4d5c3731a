"""Whose age it is: the writer's own, said in any language and any digits, and nobody else's."""

from __future__ import annotations

import pytest
import yaml

from bot.nlu.ages import UnderAge, under_age
from bot.settings import ROOT

ALONE, AMONG = UnderAge(alone=True), UnderAge(alone=False)

UNDER_AGE = [
    ("ich bin 16", ALONE),
    ("Hallo, ich bin 16.", ALONE),
    ("Ich bin erst sechzehn Jahre alt!", ALONE),
    ("bin 17", ALONE),
    ("Ich bin minderjährig", ALONE),
    ("Ich bin unter 18", ALONE),
    ("ich bin 15 und allein in Düsseldorf", AMONG),
    ("Ich brauche Hilfe, ich bin 16 Jahre alt", AMONG),
    ("Darf ich arbeiten? Ich bin 16. Wo finde ich etwas?", AMONG),
    ("I'm 15 years old", ALONE),
    ("im 16yo", ALONE),
    ("I’m 16", ALONE),
    ("I am 17 and I want to learn German", AMONG),
    ("I'm under 18", ALONE),
    ("عمري ١٦ سنة", ALONE),
    ("أنا عمري 16", ALONE),
    ("انا قاصر", ALONE),
    ("عندي 17 سنة وعايز اشتغل", AMONG),
    ("16 yaşındayım", ALONE),
    ("on altı yaşındayım", ALONE),
    ("Yaşım 15", ALONE),
    ("мені 16 років", ALONE),
    ("Мені лише 15", ALONE),
    ("мне 17 лет", ALONE),
    ("мне 16, я один", AMONG),
    ("я несовершеннолетняя", ALONE),
    ("۱۶ سالمه", ALONE),
    ("من ۱۷ ساله هستم", ALONE),
    ("زیر ۱۸ سال هستم", ALONE),
    ("j'ai 16 ans", ALONE),
    ("J’ai seize ans et je suis seul", AMONG),
    ("je suis mineure", ALONE),
    ("am 16 ani", ALONE),
    ("Am 15 ani și sunt singur", AMONG),
    ("на 16 години съм", ALONE),
    ("Аз съм на 17", ALONE),
    ("mam 16 lat", ALONE),
    ("jestem niepełnoletnia", ALONE),
    ("ez 16 salî me", ALONE),
    ("Temenê min 15 e", ALONE),
    ("tengo 16 años", ALONE),
]
SOMEBODY_ELSE_OR_SOMETHING_ELSE = [
    "mein Sohn ist 16",
    "Meine Tochter ist 16 Jahre alt und braucht eine Schule",
    "Ich bin 34 und mein Sohn ist 16",
    "Ich habe einen Sohn, er ist 16",
    "Ich bin die Mutter von Ali, 16 Jahre alt",
    "Mein Sohn sagt: „Ich bin 16“",
    "ich bin 18",
    "ich bin 35 Jahre alt",
    "Ich bin 16 Jahre in Deutschland",
    "ich bin 10 Jahre verheiratet",
    "Als ich 16 war",
    "Ich wohne im 16. Stock",
    "Im 16. Bezirk wohne ich",
    "Ich bin nicht minderjährig",
    "Ich bin um 16 Uhr da",
    "16",
    "",
    "my son is 16",
    "I am the father of a 16 year old boy",
    "I am 16 minutes late",
    "I have been here for 16 years",
    "I am 16 years in Germany",
    "I am not a minor",
    "ابني عمره 16 سنة",
    "بنتي عمرها ١٥",
    "عندي ولد عمره 16",
    "لما كان عمري 16 سنة",
    "عندي 16 سنة خبرة",
    "oğlum 16 yaşında",
    "16 yaşında bir kızım var",
    "моєму сину 16 років",
    "моему сыну 16 лет",
    "мне 16 евро не хватает",
    "پسرم ۱۶ ساله است",
    "یک پسر ۱۶ ساله دارم",
    "من ۱۶ سال سابقه کار دارم",
    "mon fils a 16 ans",
    "j'ai 16 ans d'expérience",
    "j'ai un fils de 16 ans",
    "fiul meu are 16 ani",
    "am 16 ani de experiență",
    "nu sunt minor",
    "синът ми е на 16 години",
    "Аз съм на 16 етаж",
    "mój syn ma 16 lat",
    "mam syna, ma 16 lat",
    "mam 16 lat doświadczenia",
    "nie jestem niepełnoletni",
    "kurê min 16 salî ye",
    "mi hijo tiene 16 años",
]


@pytest.mark.parametrize(("text", "expected"), UNDER_AGE)
def test_who_says_to_be_under_18_is_heard(text: str, expected: UnderAge) -> None:
    assert under_age(text) == expected


@pytest.mark.parametrize("text", SOMEBODY_ELSE_OR_SOMETHING_ELSE)
def test_another_age_makes_nobody_a_minor(text: str) -> None:
    assert under_age(text) is None


def test_of_all_examples_only_those_of_young_people_say_it() -> None:
    found = set()
    for path in sorted((ROOT / "data/nlu").glob("*/*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = entry["examples"].splitlines() if "intent" in entry else []
            found |= {entry["intent"] for line in lines if under_age(line.strip()[2:])}
    assert found == {"ask_youth_support", "crisis_child", "ask_family_reunification", "ask_school"}
