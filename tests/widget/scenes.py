"""Messages of every kind, in German and Arabic, as the server would send them."""

from canned import appointment, choice, direction, isolate, office, say


def greeting(lang):
    return {
        "text": say(
            lang,
            "Guten Tag. Ich bin ein Programm der Kreisverwaltung. Ich beantworte Fragen zum Ankommen.\n\n"
            "Sie müssen keinen Namen nennen. Worum geht es?",
            "مرحبًا. أنا برنامج تابع لإدارة الدائرة. أجيب عن أسئلة البدايات في ألمانيا.\n\n"
            "لا حاجة لذكر اسمك. بماذا يمكنني مساعدتك؟",
        ),
        "choices": [
            choice(say(lang, "Anmelden und Papiere", "التسجيل والأوراق"), "document"),
            choice(say(lang, "Wohnen", "السكن"), "home"),
            choice(say(lang, "Deutsch lernen", "تعلّم الألمانية"), "chat"),
            choice(say(lang, "Arbeit und Beruf", "العمل والمهنة"), "briefcase"),
            choice(say(lang, "Kinder und Familie", "الأطفال والعائلة"), "people"),
            choice(say(lang, "Persönliche Hilfe bekommen", "الحصول على مساعدة شخصية"), "hands", "primary"),
        ],
    }


def topic(lang):
    return {
        "text": say(lang, "Das gehört zum Thema Anmelden.", "هذا يخص موضوع التسجيل."),
        "german": None if lang == "de" else "Das gehört zum Thema Anmelden.",
        "card": {
            "kind": "topic",
            "title": say(lang, "Wohnsitz anmelden", "تسجيل عنوان السكن"),
            "answer": say(
                lang,
                "Sie sind umgezogen oder neu hier? Dann melden Sie Ihre Adresse an. Dafür haben Sie "
                "2 Wochen Zeit. Es kostet nichts.",
                f"هل انتقلت أو وصلت حديثًا؟ سجّل عنوانك لدى {isolate('Einwohnermeldeamt')}. لديك أسبوعان. التسجيل مجاني.",
            ),
            "steps": say(
                lang,
                [
                    "Machen Sie einen Termin beim Einwohnermeldeamt.",
                    "Lassen Sie Ihren Vermieter das Formular „Wohnungsgeberbestätigung“ ausfüllen.",
                    "Gehen Sie mit allen Papieren zum Termin.",
                    "Sie bekommen eine Meldebestätigung. Heben Sie sie gut auf.",
                    "Sagen Sie Ihrer Krankenkasse die neue Adresse.",
                ],
                [
                    f"احجز موعدًا لدى {isolate('Einwohnermeldeamt')}.",
                    f"اطلب من المؤجر ملء استمارة {isolate('Wohnungsgeberbestätigung')}.",
                    "اذهب إلى الموعد ومعك جميع الأوراق.",
                    "ستحصل على شهادة تسجيل. احتفظ بها جيدًا.",
                    "أبلغ شركة التأمين الصحي بعنوانك الجديد.",
                ],
            ),
            "bring": say(
                lang,
                ["Pass oder Ausweis von allen, die einziehen", "Wohnungsgeberbestätigung", "Geburtsurkunden der Kinder"],
                ["جواز السفر أو الهوية لكل من ينتقل إلى السكن", isolate("Wohnungsgeberbestätigung"), "شهادات ميلاد الأطفال"],
            ),
            "offices": [office(lang)],
            "source": {"name": "Bundesmeldegesetz § 17", "url": "https://www.gesetze-im-internet.de/bmg/__17.html"},
            "reviewed": say(lang, "Geprüft am 3. November 2026", "روجع في 3 نوفمبر 2026"),
            "notice": None,
        },
        "choices": [
            choice(say(lang, "Hilfe beim Termin", "مساعدة في حجز الموعد"), "calendar", "primary"),
            choice(say(lang, "Einfacher erklären", "شرح أسهل"), "info"),
            choice(say(lang, "Anderes Thema", "موضوع آخر"), "back", "quiet"),
        ],
    }


def work(lang):
    card = {"kind": "topic", "title": say(lang, "Arbeit suchen", "البحث عن عمل"), "answer": "…"}
    return {"text": card["title"], "card": card}


def form(lang):
    return {
        "text": say(lang, "Worum geht es? Sie können mehrere wählen.", "بماذا يتعلق الأمر؟ يمكنك اختيار أكثر من واحد."),
        "progress": {"step": 3, "of": 7},
        "why": say(
            lang,
            "Dann weiß die Beraterin, wer beim Gespräch dabei sein soll. Die Angabe ist freiwillig.",
            "لكي تعرف المستشارة من يجب أن يحضر اللقاء. الإجابة اختيارية.",
        ),
        "german": None if lang == "de" else "Worum geht es? Sie können mehrere wählen.",
        "choices": [
            choice(say(lang, *titles), icon)
            for icon, *titles in [
                ("home", "Wohnen", "السكن"),
                ("chat", "Deutsch lernen", "تعلّم الألمانية"),
                ("briefcase", "Arbeit und Beruf", "العمل والمهنة"),
                ("document", "Aufenthalt und Papiere", "الإقامة والأوراق"),
                ("coins", "Geld und Leistungen", "المال والإعانات"),
                ("book", "Schule und Ausbildung", "المدرسة والتدريب"),
                ("heart", "Gesundheit", "الصحة"),
            ]
        ]
        + [choice(say(lang, "Überspringen", "تخطّي"), "skip", "quiet"), choice(say(lang, "Zurück", "رجوع"), "back", "quiet")],
        "select": {
            "min": 1,
            "submit": say(lang, "Weiter", "متابعة"),
            "none": {"title": say(lang, "Nichts davon", "لا شيء من هذا"), "token": "token:none"},
        },
    }


def consent(lang):
    return {
        "text": say(
            lang,
            "Dürfen wir Ihr Anliegen weitergeben? Auch mit „Nein“ beantworten wir Ihre Fragen.",
            "هل تسمح لنا بنقل طلبك؟ إن أجبت بـ«لا» سنواصل الإجابة عن أسئلتك.",
        ),
        "german": None
        if lang == "de"
        else "Dürfen wir Ihr Anliegen weitergeben?\n\nAuch mit „Nein“ beantworten wir Ihre Fragen.",
        "card": {
            "kind": "consent",
            "title": say(lang, "Ihr Anliegen weitergeben", "نقل طلبك"),
            "rows": [
                {
                    "label": say(lang, "Was", "ماذا"),
                    "value": say(lang, "Ihre Antworten aus diesem Gespräch", "إجاباتك في هذه المحادثة"),
                },
                {
                    "label": say(lang, "An wen", "إلى من"),
                    "value": say(
                        lang, "Kommunales Integrationszentrum Musterkreis", isolate("Kommunales Integrationszentrum Musterkreis")
                    ),
                },
                {
                    "label": say(lang, "Wie lange", "إلى متى"),
                    "value": say(lang, "Bis Ihr Anliegen erledigt ist, höchstens 12 Monate", "حتى انتهاء طلبك، 12 شهرًا كحد أقصى"),
                },
                {
                    "label": say(lang, "Nicht an", "ليس إلى"),
                    "value": say(lang, "Die Ausländerbehörde bekommt nichts.", f"لن يصل شيء إلى {isolate('Ausländerbehörde')}."),
                },
                {
                    "label": say(lang, "Wenn Sie Nein sagen", "إن أجبت بلا"),
                    "value": say(lang, "Es entsteht kein Nachteil.", "لا ضرر عليك."),
                },
            ],
        },
        "choices": [
            choice(say(lang, "Ja, weitergeben", "نعم، أوافق"), "check", "equal"),
            choice(say(lang, "Nein, nicht weitergeben", "لا، لا أوافق"), "lock", "equal"),
        ],
    }


def slots(lang):
    days = [("Dienstag, 1. Dezember 2026 · 10:00, ", "الثلاثاء، 1 ديسمبر 2026 · 10:00، ")] * 3
    return {
        "text": say(
            lang, "Wann passt es Ihnen?\nDas Gespräch dauert bis zu 60 Minuten.", "متى يناسبك؟\nمدة اللقاء حتى 60 دقيقة."
        ),
        "progress": {"step": 7, "of": 7},
        "choices": [choice(say(lang, *day) + isolate("Frau Beispiel"), "calendar") for day in days]
        + [
            choice(say(lang, "Spätere Termine zeigen", "عرض مواعيد لاحقة"), None, "quiet"),
            choice(say(lang, "Ohne Termin weiter", "المتابعة دون موعد"), None, "quiet"),
            choice(say(lang, "Zurück", "رجوع"), "back", "quiet"),
        ],
    }


def readback(lang):
    rows = [
        (("Anliegen", "الطلب"), ("Wohnen, Deutsch lernen", "السكن، تعلّم الألمانية"), lang),
        (("In Ihren Worten", "بكلماتك"), ("نبحث عن شقة لخمسة أشخاص",) * 2, "ar"),
        (("Wer schon hilft", "من يساعدك حاليًا"), ("Jobcenter Musterkreis",) * 2, "de"),
        (("Telefon", "الهاتف"), ("0151 23456789",) * 2, "de"),
    ]
    return {
        "text": say(lang, "Das haben wir notiert. Stimmt alles?", "هذا ما سجّلناه. هل كل شيء صحيح؟"),
        "card": {
            "kind": "readback",
            "rows": [
                {
                    "label": say(lang, *label),
                    "value": say(lang, *value),
                    "lang": value_lang,
                    "dir": direction(value_lang),
                    "change": {"title": say(lang, "Ändern", "تغيير"), "token": f"token:change{number}"},
                }
                for number, (label, value, value_lang) in enumerate(rows)
            ],
        },
        "choices": [
            choice(say(lang, "Stimmt alles", "كل شيء صحيح"), "check", "primary"),
            choice(say(lang, "Abbrechen", "إلغاء"), "back", "quiet"),
        ],
    }


def receipt(lang):
    return {
        "text": say(lang, "Wir haben Ihr Anliegen weitergegeben.", "لقد نقلنا طلبك."),
        "card": {
            "kind": "receipt",
            "paper": "receipt",
            "code": "KIM-7F3K-92QD",
            "copy_label": say(lang, "Code kopieren", "نسخ الرمز"),
            "appointment": appointment(lang),
            "next_title": say(lang, "Was jetzt passiert", "ماذا يحدث الآن"),
            "next": say(
                lang,
                [
                    "Eine Fachkraft liest Ihr Anliegen.",
                    "Sie bekommen hier eine Antwort. Das kann einige Tage dauern.",
                    "Zum Termin kommt eine Sprachmittlung, wenn wir jemanden finden.",
                ],
                ["تقرأ موظفة مختصة طلبك.", "ستصلك إجابة هنا. قد يستغرق ذلك عدة أيام.", "يحضر مترجم الموعد إن وجدنا أحدًا."],
            ),
            "withdraw": say(
                lang,
                "Sie möchten das nicht mehr? Schreiben Sie jederzeit „Zurückziehen“.",
                "هل غيّرت رأيك؟ اكتب «سحب الطلب» في أي وقت.",
            ),
        },
    }


def status(lang):
    return {
        "text": say(lang, "So steht Ihre Anfrage.", "هذه حالة طلبك."),
        "card": {
            "kind": "status",
            "state": say(lang, "In Klärung", "قيد التوضيح"),
            "reason": say(lang, "Wir möchten zuerst mit Ihnen sprechen.", "نود التحدث معك أولًا."),
            "changed": say(lang, "Geändert am 20. November 2026", "آخر تغيير في 20 نوفمبر 2026"),
            "appointment": appointment(lang),
        },
    }


def emergency(lang):
    numbers = [
        ("112", "112", "Notarzt und Feuerwehr", "الإسعاف والإطفاء"),
        ("110", "110", "Polizei", "الشرطة"),
        ("116 016", "116016", "Hilfetelefon Gewalt gegen Frauen", "خط المساعدة: العنف ضد النساء"),
    ]
    return {
        "text": say(
            lang,
            "Es ist gut, dass Sie das sagen. Sie sind nicht allein. Rufen Sie jetzt an. Es kostet nichts.",
            "من الجيد أنك قلت ذلك. أنت لست وحدك. اتصل الآن. المكالمة مجانية.",
        ),
        "card": {
            "kind": "emergency",
            "numbers": [
                {"number": number, "tel": tel, "label": say(lang, german, arabic)} for number, tel, german, arabic in numbers
            ],
        },
        "choices": [
            choice(say(lang, "Mit einem Menschen sprechen", "التحدث مع شخص"), "people"),
            choice(say(lang, "Dort weitermachen, wo ich war", "المتابعة من حيث توقفت"), "skip", "quiet"),
        ],
    }


def page(lang):
    return {
        "text": say(lang, "Vielleicht hilft Ihnen diese Seite.", "ربما تساعدك هذه الصفحة."),
        "card": {
            "kind": "page",
            "title": "Hund anmelden",
            "passage": "Wer einen Hund hat, meldet ihn an.\nDas Formular gibt es im Rathaus.",
            "lang": "de",
            "dir": "ltr",
            "url": "https://pages.example.org/musterstadt/de/hund/",
            "open": say(lang, "Die ganze Seite lesen", "قراءة الصفحة كاملة"),
            "changed": say(lang, "Zuletzt geändert am 3. November 2026", "آخر تغيير: 3 نوفمبر 2026"),
            "note": say(lang, None, "هذه الصفحة غير متوفرة بلغتك. لغة الصفحة: الألمانية"),
        },
        "choices": [choice(say(lang, "Mit einem Menschen sprechen", "التحدث مع شخص"), "people")],
    }


def elsewhere(lang):
    shown = topic(lang)
    pointer = {
        "text": say(
            lang,
            "Ihr Ort gehört zu einer anderen Stadt. Hier finden Sie die Stelle:",
            "مكان سكنك يتبع مدينة أخرى. تجد الجهة هنا:",
        ),
        "name": "Kommunale Integrationszentren in Nordrhein-Westfalen",
        "url": "https://kommunale-integrationszentren-nrw.de/",
    }
    return shown | {"card": shown["card"] | {"offices": [], "elsewhere": pointer}}


def hostile(lang):
    bad = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    return {
        "text": bad,
        "why": bad,
        "german": bad,
        "choices": [choice(bad, "__proto__"), choice("ok")],
        "card": {
            "kind": "topic",
            "title": bad,
            "answer": bad,
            "steps": [bad],
            "bring": [bad],
            "offices": [
                {
                    "name": bad,
                    "why": [bad],
                    "phone": bad,
                    "phone_tel": "javascript:window.hacked=1",
                    "geo": "javascript:alert(1)",
                }
            ],
            "elsewhere": {"text": bad, "name": bad, "url": "javascript:window.hacked=1"},
            "source": {"name": bad, "url": "javascript:window.hacked=1"},
            "reviewed": bad,
            "notice": bad,
        },
    }


SCENES = {
    scene.__name__: scene
    for scene in (greeting, topic, work, page, elsewhere, form, consent, slots, readback, receipt, status, emergency, hostile)
}
