"""What messages are made of: languages, choices, offices, appointments; in German and Arabic."""

LANGUAGES = [
    ("de", "Deutsch", "ltr"),
    ("de-simple", "Einfache Sprache", "ltr"),
    ("en", "English", "ltr"),
    ("ar", "العربية", "rtl"),
    ("uk", "Українська", "ltr"),
    ("tr", "Türkçe", "ltr"),
    ("fa", "فارسی", "rtl"),
    ("ru", "Русский", "ltr"),
    ("ckb", "کوردیی سۆرانی", "rtl"),
    ("fr", "Français", "ltr"),
    ("ro", "Română", "ltr"),
    ("ti", "ትግርኛ", "ltr"),
]
CONFIG = {
    "service": {"name": "KIM-Lotse Musterkreis", "short_name": "KIM-Lotse"},
    "languages": [{"code": code, "name": name, "dir": dir_} for code, name, dir_ in LANGUAGES],
    "max_length": 2000,
    "commands": ["menu", "my_data", "easier", "status", "human", "emergency"],
    "quick_exit_url": None,
}


def direction(lang):
    return next(dir_ for code, _, dir_ in LANGUAGES if code == lang)


def isolate(text):
    return f"\u2068{text}\u2069"


def choice(title, icon=None, style=None, token=None):
    return {"title": title, "icon": icon, "style": style, "token": token or f"token:{title}"}


def say(lang, german, arabic):
    return arabic if lang == "ar" else german


OFFICE = {
    "name": "Einwohnermeldeamt Musterstadt",
    "part_of": "Bürgerservice im Rathaus",
    "street": "Marktplatz 4",
    "postal_code": "59999",
    "city": "Musterstadt",
    "directions": "Bus R45 bis Rathaus",
    "geo": "geo:0,0?q=Marktplatz%204%2C%2059999%20Musterstadt",
    "phone": "02999 123-450",
    "phone_tel": "+492999123450",
}


def office(lang):
    return OFFICE | {
        "why": say(lang, ["In Ihrem Ort oder Bezirk", "Am nächsten bei Ihnen"], ["في مكان سكنك أو منطقتك", "الأقرب إليك"]),
        "hours": say(
            lang,
            ["Heute, Montag: 8 bis 12 Uhr und 14 bis 16 Uhr", "Morgen, Dienstag: geschlossen"],
            ["اليوم، الاثنين: من 8 إلى 12 ومن 14 إلى 16", "غدًا، الثلاثاء: مغلق"],
        ),
        "languages": say(lang, "Deutsch, Englisch, Türkisch", "الألمانية، الإنجليزية، التركية"),
        "step_free": say(lang, "Stufenlos über den Eingang am Parkplatz", "الدخول بلا درج من جهة موقف السيارات"),
        "demo": say(lang, "Beispieldaten. Diese Stelle gibt es nicht.", "بيانات تجريبية. هذه الجهة غير موجودة."),
    }


def appointment(lang):
    return {
        "when": say(lang, "Dienstag, 1. Dezember 2026, 10 Uhr", "الثلاثاء، 1 ديسمبر 2026، الساعة 10"),
        "place": {
            "name": "Kommunales Integrationszentrum",
            "street": "Bahnhofstraße 12",
            "postal_code": "59999",
            "city": "Musterstadt",
            "demo": None,
        },
        "person": say(lang, "Frau Beispiel", isolate("Frau Beispiel")),
        "state": say(lang, "Vorgemerkt. Wir suchen noch eine Sprachmittlung.", "محجوز مبدئيًا. ما زلنا نبحث عن مترجم."),
        "interpreter": say(lang, "Arabisch, angefragt", "العربية، تم الطلب"),
    }
