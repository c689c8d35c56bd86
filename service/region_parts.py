"""
What the make-believe region is made of: towns, work, people, needs, organisations. All invented.

Shares and weights are our own guesses, chosen to be uneven as a real region is; no statistics.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, eq=False)
class Town:
    """A postcode area, how many live and work there, and who puts people forward from there."""

    pc4: str
    place: str
    latitude: float
    longitude: float
    cluster: str
    homes: float
    work: float
    referrer: str


@dataclass(frozen=True, eq=False)
class Job:
    """Work that a slot can be about, and that people look for."""

    title: str
    isco: str
    skills: tuple[str, ...]
    tasks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Field:
    """A field of work, and what its slots ask and offer."""

    code: str
    pilot_name: str
    share: float
    jobs: tuple[Job, ...]
    diploma_strength: Mapping[str, float]
    diplomas_asked: Mapping[str, float]
    language_asked: Mapping[str, float]
    dutch_asked: Mapping[str, float]
    english_asked: float
    licence: float
    starts_at: Mapping[str, float]
    remote: bool
    conditions: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Profile:
    """People with a like way through work so far."""

    code: str
    share: float
    fields: Mapping[Field, float]
    diplomas: Mapping[str, float]
    dutch: Mapping[str, float]
    english: float
    skills: tuple[str, ...]
    licences: Mapping[tuple[str, ...], float]
    referrers: Mapping[str | None, float] = field(default_factory=dict)
    other_languages: Mapping[str, float] = field(default_factory=dict)
    speaks_dutch_evenly: bool = True
    lessons: float = 0.0
    trains: bool = False


@dataclass(frozen=True, eq=False)
class Need:
    """Conditions and support that often go together, whatever work somebody does."""

    share: float
    conditions: Mapping[str, Mapping[str, float]]
    support: Mapping[str, Mapping[int | None, float]]


# Places

CLUSTERS: Final = {"hague": 4, "rotterdam": 3, "utrecht": 4, "between": 1}
"""Where pilots are, by weight."""

BENEFIT: Final = "BENEFIT"
RECEPTION: Final = "RECEPTION"
ATHLETES: Final = "ATHLETES"
WORKSHOP: Final = "WORKSHOP"

TOWNS: Final = (
    Town("2511", "Den Haag", 52.08, 4.31, "hague", 4, 9, "MUNI-HAGUE"),
    Town("2521", "Den Haag", 52.06, 4.32, "hague", 8, 2, "MUNI-HAGUE"),
    Town("2545", "Den Haag", 52.05, 4.28, "hague", 7, 1, "MUNI-HAGUE"),
    Town("2595", "Den Haag", 52.08, 4.34, "hague", 3, 5, "MUNI-HAGUE"),
    Town("2274", "Voorburg", 52.07, 4.36, "hague", 2, 1, "MUNI-HAGUE"),
    Town("2285", "Rijswijk", 52.04, 4.32, "hague", 3, 2, "MUNI-HAGUE"),
    Town("2611", "Delft", 52.01, 4.36, "hague", 4, 3, "MUNI-HAGUE"),
    Town("2712", "Zoetermeer", 52.06, 4.49, "hague", 5, 2, "MUNI-HAGUE"),
    Town("2311", "Leiden", 52.16, 4.49, "hague", 4, 2, "MUNI-HAGUE"),
    Town("3011", "Rotterdam", 51.92, 4.48, "rotterdam", 6, 8, "MUNI-MAAS"),
    Town("3072", "Rotterdam", 51.90, 4.50, "rotterdam", 9, 3, "MUNI-MAAS"),
    Town("3111", "Schiedam", 51.92, 4.40, "rotterdam", 5, 2, "MUNI-MAAS"),
    Town("3131", "Vlaardingen", 51.91, 4.34, "rotterdam", 3, 1, "MUNI-MAAS"),
    Town("2901", "Capelle aan den IJssel", 51.93, 4.58, "rotterdam", 3, 1, "MUNI-MAAS"),
    Town("3311", "Dordrecht", 51.81, 4.67, "rotterdam", 4, 2, "MUNI-MAAS"),
    Town("3511", "Utrecht", 52.09, 5.12, "utrecht", 4, 9, "MUNI-UTRECHT"),
    Town("3528", "Utrecht", 52.07, 5.08, "utrecht", 4, 3, "MUNI-UTRECHT"),
    Town("3551", "Utrecht", 52.10, 5.10, "utrecht", 8, 2, "MUNI-UTRECHT"),
    Town("3431", "Nieuwegein", 52.03, 5.08, "utrecht", 3, 3, "MUNI-UTRECHT"),
    Town("3991", "Houten", 52.03, 5.17, "utrecht", 2, 1, "MUNI-UTRECHT"),
    Town("3701", "Zeist", 52.09, 5.23, "utrecht", 2, 1, "MUNI-UTRECHT"),
    Town("3811", "Amersfoort", 52.16, 5.39, "utrecht", 4, 3, "MUNI-UTRECHT"),
    Town("3441", "Woerden", 52.09, 4.88, "between", 2, 1, "MUNI-MIDDLE"),
    Town("2801", "Gouda", 52.01, 4.71, "between", 4, 2, "MUNI-MIDDLE"),
    Town("2405", "Alphen aan den Rijn", 52.13, 4.66, "between", 3, 1, "MUNI-MIDDLE"),
)
"""Middle of each area, entered by hand and rounded to 0.01 degree, about a kilometre."""


# Work

OFFICE_CONDITIONS: Final = {
    "quiet_place": 0.5,
    "open_plan": 0.6,
    "fixed_desk": 0.5,
    "one_contact_person": 0.75,
    "written_instructions": 0.7,
    "predictable_day": 0.6,
    "one_task_at_a_time": 0.5,
    "breaks_at_will": 0.7,
    "own_pace": 0.5,
    "deadlines": 0.4,
    "telephone": 0.4,
    "customers": 0.3,
    "presentations": 0.15,
    "lifting": 0.05,
    "standing": 0.05,
    "sitting": 0.95,
    "stairs": 0.2,
    "step_free_access": 0.8,
    "adjustable_desk": 0.7,
    "screen_reader": 0.4,
    "large_screen": 0.7,
    "captions": 0.3,
    "shifts": 0.05,
    "early_start": 0.15,
    "team_speaks_dutch": 0.9,
    "group_start": 0.5,
    "buddy": 0.6,
    "training_time": 0.3,
}
"""The share of offices that have each condition."""

ACTIVE_CONDITIONS: Final = {
    "quiet_place": 0.35,
    "open_plan": 0.1,
    "one_contact_person": 0.7,
    "written_instructions": 0.4,
    "predictable_day": 0.6,
    "one_task_at_a_time": 0.6,
    "breaks_at_will": 0.5,
    "own_pace": 0.5,
    "deadlines": 0.3,
    "telephone": 0.1,
    "lifting": 0.5,
    "standing": 0.8,
    "stairs": 0.4,
    "step_free_access": 0.6,
    "shifts": 0.25,
    "early_start": 0.5,
    "team_speaks_dutch": 0.8,
    "team_speaks_english": 0.3,
    "group_start": 0.5,
    "buddy": 0.7,
    "teamwork": 0.6,
    "training_time": 0.25,
}
"""The same for work on one's feet."""

OFFICE_START: Final = {"08:00": 1, "08:30": 3, "09:00": 5, "09:30": 1}
EARLY_START: Final = {"07:00": 2, "07:30": 3, "08:00": 4, "09:00": 2}
NO_DIPLOMA: Final = {"none": 6, "wanted": 2, "trained": 1, "blank": 1}
SOME_DIPLOMA: Final = {"none": 3, "wanted": 4, "trained": 2, "must": 0.7, "blank": 1}

IT: Final = Field(
    code="it",
    pilot_name="ICT-leerplekken",
    share=4,
    jobs=(
        Job(
            "Softwaretester",
            "2519",
            ("software_testing", "test_automation", "requirements", "accuracy"),
            (
                "testgevallen beschrijven",
                "software testen",
                "fouten melden",
                "testen automatiseren",
            ),
        ),
        Job(
            "Medewerker servicedesk ICT",
            "3512",
            ("service_desk", "workstation_management", "phone_contact", "problem_solving"),
            ("storingen aannemen", "gebruikers helpen met ICT", "werkplekken inrichten"),
        ),
        Job(
            "Netwerkbeheerder",
            "3513",
            ("network_management", "server_management", "access_management", "scripting"),
            ("netwerken beheren", "servers bijwerken", "toegangsrechten beheren"),
        ),
        Job(
            "Webontwikkelaar",
            "2513",
            ("web_development", "scripting", "web_editing", "problem_solving"),
            ("websites bouwen", "webpagina's bijhouden", "fouten in websites oplossen"),
        ),
        Job(
            "Gegevensanalist",
            "2521",
            ("sql", "data_analysis", "data_quality", "reporting", "spreadsheets"),
            (
                "gegevens opvragen met SQL",
                "rapporten en dashboards maken",
                "gegevens op orde brengen",
            ),
        ),
    ),
    diploma_strength=SOME_DIPLOMA,
    diplomas_asked={"mbo_2": 1, "mbo_3": 3, "mbo_4": 4, "bachelor": 2},
    language_asked={"speaking": 0.6, "reading": 0.7, "writing": 0.3},
    dutch_asked={"A2": 3, "B1": 5, "B2": 2},
    english_asked=0.5,
    licence=0.02,
    starts_at=OFFICE_START,
    remote=True,
    conditions={**OFFICE_CONDITIONS, "team_speaks_english": 0.5},
)
ADMINISTRATION: Final = Field(
    code="administration",
    pilot_name="Gegevens op orde",
    share=7,
    jobs=(
        Job(
            "Medewerker gegevens",
            "4132",
            ("data_entry", "checking_data", "accuracy", "spreadsheets"),
            ("gegevens invoeren", "gegevens controleren", "lijsten bijwerken"),
        ),
        Job(
            "Medewerker archief",
            "4415",
            ("archiving", "file_building", "document_systems", "accuracy"),
            ("dossiers vormen", "archief ordenen", "stukken scannen"),
        ),
        Job(
            "Medewerker facturen",
            "4311",
            ("invoice_processing", "bookkeeping", "spreadsheets", "accuracy"),
            ("facturen controleren", "betalingen klaarzetten", "boekingen invoeren"),
        ),
        Job(
            "Medewerker secretariaat",
            "4120",
            ("scheduling", "minute_taking", "word_processing", "phone_contact"),
            ("gesprekken inplannen", "notuleren", "brieven schrijven", "agenda's bijhouden"),
        ),
        Job(
            "Medewerker personeelszaken",
            "4416",
            ("personnel_administration", "onboarding", "data_entry", "scheduling"),
            ("personeelsgegevens bijhouden", "nieuwe collega's wegwijs maken"),
        ),
    ),
    diploma_strength=SOME_DIPLOMA,
    diplomas_asked={"vmbo_kgt": 2, "mbo_2": 4, "mbo_3": 3, "mbo_4": 2},
    language_asked={"speaking": 0.5, "reading": 0.8, "writing": 0.5},
    dutch_asked={"A2": 2, "B1": 6, "B2": 2},
    english_asked=0.15,
    licence=0.02,
    starts_at=OFFICE_START,
    remote=True,
    conditions=OFFICE_CONDITIONS,
)
HOSPITALITY: Final = Field(
    code="hospitality",
    pilot_name="Gastvrij en verzorgd",
    share=5,
    jobs=(
        Job(
            "Medewerker receptie",
            "4226",
            ("reception", "phone_contact", "mail_handling", "office_support"),
            ("bezoekers ontvangen", "telefoon aannemen", "post verwerken"),
        ),
        Job(
            "Medewerker bediening",
            "5131",
            ("table_service", "coffee_bar", "food_hygiene", "teamwork"),
            ("gasten bedienen", "koffie zetten", "tafels dekken"),
        ),
        Job(
            "Keukenhulp",
            "9412",
            ("kitchen_help", "food_hygiene", "punctuality"),
            ("groente snijden", "afwassen", "de keuken schoonhouden"),
        ),
        Job(
            "Medewerker gebouw",
            "5153",
            ("building_care", "small_repairs", "room_setup"),
            ("kleine reparaties doen", "zalen klaarzetten", "het gebouw openen en sluiten"),
        ),
        Job(
            "Medewerker schoonmaak",
            "9112",
            ("office_cleaning", "cleaning", "punctuality"),
            ("kantoren schoonmaken", "vuilnis wegbrengen", "voorraad schoonmaakspullen bijhouden"),
        ),
    ),
    diploma_strength=NO_DIPLOMA,
    diplomas_asked={"practical": 1, "mbo_1": 3, "vmbo_bb": 2, "mbo_2": 2},
    language_asked={"speaking": 0.7, "reading": 0.3, "writing": 0.1},
    dutch_asked={"A1": 2, "A2": 5, "B1": 3},
    english_asked=0.1,
    licence=0.04,
    starts_at=EARLY_START,
    remote=False,
    conditions={**ACTIVE_CONDITIONS, "customers": 0.7},
)
LOGISTICS: Final = Field(
    code="logistics",
    pilot_name="Aan de slag in het magazijn",
    share=4,
    jobs=(
        Job(
            "Medewerker magazijn",
            "9333",
            ("order_picking", "logistics", "punctuality", "teamwork"),
            ("orders verzamelen", "dozen inpakken", "vrachtwagens lossen"),
        ),
        Job(
            "Medewerker voorraad",
            "4321",
            ("stock_control", "ordering", "data_entry", "accuracy"),
            ("voorraad tellen", "bestellingen plaatsen", "lijsten bijwerken"),
        ),
        Job(
            "Medewerker post",
            "4412",
            ("mail_handling", "order_picking", "punctuality"),
            ("post verwerken", "post sorteren", "pakketten rondbrengen"),
        ),
    ),
    diploma_strength=NO_DIPLOMA,
    diplomas_asked={"practical": 1, "mbo_1": 3, "mbo_2": 3},
    language_asked={"speaking": 0.5, "reading": 0.4, "writing": 0.05},
    dutch_asked={"A1": 4, "A2": 5, "B1": 1},
    english_asked=0.1,
    licence=0.2,
    starts_at=EARLY_START,
    remote=False,
    conditions={**ACTIVE_CONDITIONS, "lifting": 0.7, "shifts": 0.5},
)
GREEN: Final = Field(
    code="green",
    pilot_name="Groen werk",
    share=2.5,
    jobs=(
        Job(
            "Medewerker groen",
            "6113",
            ("mowing_pruning", "planting", "green_care", "teamwork"),
            ("maaien en snoeien", "planten en zaaien", "paden schoonhouden"),
        ),
        Job(
            "Medewerker tuin en kas",
            "9214",
            ("planting", "green_care", "perseverance"),
            ("stekken en verpotten", "oogsten", "planten water geven"),
        ),
    ),
    diploma_strength=NO_DIPLOMA,
    diplomas_asked={"practical": 2, "mbo_1": 3, "mbo_2": 1},
    language_asked={"speaking": 0.4, "reading": 0.2, "writing": 0.0},
    dutch_asked={"A1": 5, "A2": 4, "B1": 1},
    english_asked=0.02,
    licence=0.2,
    starts_at=EARLY_START,
    remote=False,
    conditions={**ACTIVE_CONDITIONS, "working_outside": 0.95, "travel_between_places": 0.5},
)
SPORTS: Final = Field(
    code="sports",
    pilot_name="Tweede loopbaan na de sport",
    share=1.5,
    jobs=(
        Job(
            "Beweegcoach",
            "3423",
            ("vitality_advice", "sports_coaching", "group_training", "presenting"),
            ("collega's in beweging krijgen", "groepslessen geven", "adviseren over vitaal werken"),
        ),
        Job(
            "Medewerker sportevenementen",
            "3332",
            ("sports_events", "event_organisation", "sponsor_contact", "planning"),
            ("toernooien organiseren", "sponsors bellen", "draaiboeken schrijven"),
        ),
    ),
    diploma_strength=SOME_DIPLOMA,
    diplomas_asked={"mbo_2": 1, "mbo_3": 2, "mbo_4": 3},
    language_asked={"speaking": 0.9, "reading": 0.5, "writing": 0.4},
    dutch_asked={"B1": 5, "B2": 5},
    english_asked=0.3,
    licence=0.1,
    starts_at=OFFICE_START,
    remote=True,
    conditions={**OFFICE_CONDITIONS, "presentations": 0.7, "training_time": 0.9},
)
ADVICE: Final = Field(
    code="advice",
    pilot_name="Starten in inkoop en advies",
    share=4,
    jobs=(
        Job(
            "Inkoopadviseur",
            "3323",
            ("tendering", "contract_management", "bid_assessment", "negotiating", "requirements"),
            ("offertes vergelijken", "aanbestedingsstukken schrijven", "contracten bewaken"),
        ),
        Job(
            "Medewerker communicatie",
            "2432",
            ("writing", "plain_language", "social_media", "web_editing"),
            ("teksten schrijven", "sociale media bijhouden", "webpagina's bijhouden"),
        ),
        Job(
            "Projectondersteuner",
            "2421",
            ("project_support", "minute_taking", "planning", "reporting"),
            ("planningen bijhouden", "notuleren", "voortgang rapporteren"),
        ),
        Job(
            "Medewerker werving",
            "2423",
            ("recruitment", "application_screening", "vacancy_texts", "building_relations"),
            ("sollicitaties beoordelen", "vacatureteksten schrijven", "gesprekken inplannen"),
        ),
        Job(
            "Assistent controle",
            "2411",
            ("audit_support", "financial_control", "spreadsheets", "accuracy"),
            ("cijfers controleren", "steekproeven trekken", "bevindingen opschrijven"),
        ),
    ),
    diploma_strength={**SOME_DIPLOMA, "must": 1.2},
    diplomas_asked={"mbo_4": 4, "associate": 2, "bachelor": 4, "master": 1},
    language_asked={"speaking": 0.9, "reading": 0.9, "writing": 0.8},
    dutch_asked={"B1": 3, "B2": 6, "C1": 1},
    english_asked=0.4,
    licence=0.02,
    starts_at=OFFICE_START,
    remote=True,
    conditions={**OFFICE_CONDITIONS, "presentations": 0.4, "deadlines": 0.7},
)
FIELDS: Final = (IT, ADMINISTRATION, HOSPITALITY, LOGISTICS, GREEN, SPORTS, ADVICE)
LANGUAGE_WORK: Final = "Werk en taal"
"""What a pilot is called in which people learn Dutch at work."""


# People

NONE: Final[tuple[str, ...]] = ()
DUTCH_AT_HOME: Final = {"B2": 2, "C1": 4, "C2": 6}

PROFILES: Final = (
    Profile(
        code="it",
        share=13,
        fields={IT: 8, ADMINISTRATION: 2},
        diplomas={"vmbo_kgt": 1, "mbo_3": 2, "mbo_4": 5, "havo": 1, "bachelor": 4, "master": 1},
        dutch=DUTCH_AT_HOME,
        english=0.9,
        skills=("problem_solving", "digital_basics", "databases", "licence_management"),
        licences={NONE: 4, ("B",): 5},
        referrers={BENEFIT: 6},
    ),
    Profile(
        code="administration",
        share=20,
        fields={ADMINISTRATION: 8, HOSPITALITY: 2, ADVICE: 1},
        diplomas={"vmbo_bb": 1, "vmbo_kgt": 3, "mbo_2": 4, "mbo_3": 4, "mbo_4": 3, "havo": 1},
        dutch=DUTCH_AT_HOME,
        english=0.6,
        skills=("digital_basics", "office_software", "punctuality", "customer_contact"),
        licences={NONE: 5, ("B",): 4},
        referrers={BENEFIT: 3},
    ),
    Profile(
        code="care_hospitality",
        share=16,
        fields={HOSPITALITY: 8, LOGISTICS: 2, GREEN: 1},
        diplomas={"primary": 1, "practical": 2, "vmbo_bb": 3, "mbo_1": 3, "mbo_2": 3, "mbo_3": 1},
        dutch={"A2": 1, "B1": 3, "B2": 3, "C1": 3},
        english=0.4,
        skills=("teamwork", "customer_contact", "food_hygiene", "punctuality"),
        licences={NONE: 7, ("AM",): 1, ("B",): 3},
        referrers={WORKSHOP: 2},
    ),
    Profile(
        code="logistics",
        share=13,
        fields={LOGISTICS: 8, HOSPITALITY: 2, GREEN: 2},
        diplomas={"none": 1, "primary": 1, "practical": 2, "vmbo_bb": 3, "mbo_1": 2, "mbo_2": 3},
        dutch={"A2": 2, "B1": 3, "B2": 3, "C1": 2},
        english=0.4,
        skills=("perseverance", "punctuality", "teamwork", "logistics"),
        licences={NONE: 4, ("B",): 5, ("AM", "B"): 1, ("B", "C"): 1},
        referrers={WORKSHOP: 2},
    ),
    Profile(
        code="green",
        share=7,
        fields={GREEN: 8, LOGISTICS: 2, HOSPITALITY: 1},
        diplomas={"none": 1, "practical": 3, "vmbo_bb": 3, "mbo_1": 3, "mbo_2": 2},
        dutch={"A2": 1, "B1": 3, "B2": 3, "C1": 3},
        english=0.3,
        skills=("perseverance", "small_repairs", "teamwork"),
        licences={NONE: 5, ("B",): 3, ("B", "T"): 1},
        referrers={WORKSHOP: 5},
    ),
    Profile(
        code="sports",
        share=4,
        fields={SPORTS: 8, ADVICE: 1, ADMINISTRATION: 2},
        diplomas={"vmbo_kgt": 2, "mbo_3": 2, "mbo_4": 3, "havo": 2, "vwo": 1, "bachelor": 1},
        dutch=DUTCH_AT_HOME,
        english=0.9,
        skills=("team_captaincy", "training_plans", "training_discipline", "media_interviews"),
        licences={NONE: 2, ("B",): 7},
        referrers={ATHLETES: 12},
        trains=True,
    ),
    Profile(
        code="newcomers",
        share=15,
        fields={LOGISTICS: 3, HOSPITALITY: 4, ADMINISTRATION: 2, IT: 2, GREEN: 1},
        diplomas={"none": 2, "primary": 2, "vmbo_kgt": 2, "mbo_2": 2, "havo": 2, "bachelor": 3},
        dutch={"A1": 3, "A2": 5, "B1": 4, "B2": 1},
        english=0.5,
        skills=("translating", "perseverance", "teamwork", "digital_basics"),
        licences={NONE: 7, ("B",): 2},
        referrers={RECEPTION: 8},
        other_languages={"ara": 5, "tir": 3, "fas": 3, "tur": 2, "pol": 2, "som": 1},
        speaks_dutch_evenly=False,
        lessons=0.6,
    ),
    Profile(
        code="high_educated",
        share=12,
        fields={ADVICE: 8, IT: 2, ADMINISTRATION: 3},
        diplomas={"vwo": 1, "associate": 1, "bachelor": 6, "master": 5, "doctor": 0.5},
        dutch={"B2": 2, "C1": 3, "C2": 6},
        english=0.95,
        skills=("writing", "presenting", "desk_research", "project_management", "planning"),
        licences={NONE: 4, ("B",): 6},
        referrers={BENEFIT: 5},
    ),
)


# Needs

FEW: Final[Mapping[int | None, float]] = {1: 3, 2: 3, None: 1}
"""Weekly hours; sometimes nobody knows yet how many."""

NEEDS: Final = (
    Need(
        share=4,
        conditions={
            "quiet_place": {"must": 2, "wanted": 3},
            "open_plan": {"must_not": 1, "avoid": 3},
            "one_contact_person": {"must": 2, "wanted": 3},
            "predictable_day": {"wanted": 1},
            "one_task_at_a_time": {"wanted": 1},
        },
        support={"job_coach": FEW},
    ),
    Need(
        share=4,
        conditions={
            "breaks_at_will": {"must": 1, "wanted": 3},
            "own_pace": {"wanted": 1},
            "shifts": {"must_not": 1, "avoid": 2},
            "early_start": {"must_not": 1, "avoid": 3},
            "deadlines": {"avoid": 1},
        },
        support={"work_guidance": FEW},
    ),
    Need(
        share=3,
        conditions={
            "lifting": {"must_not": 2, "avoid": 3},
            "standing": {"must_not": 1, "avoid": 3},
            "stairs": {"must_not": 1, "avoid": 3},
            "step_free_access": {"must": 1, "wanted": 3},
            "adjustable_desk": {"wanted": 1},
        },
        support={"technical_aid": {1: 3, None: 1}},
    ),
    Need(
        share=1,
        conditions={
            "screen_reader": {"must": 1, "wanted": 2},
            "large_screen": {"must": 1, "wanted": 3},
            "travel_between_places": {"must_not": 1, "avoid": 2},
        },
        support={"technical_aid": {1: 2, 2: 2, None: 1}},
    ),
    Need(
        share=1,
        conditions={
            "telephone": {"must_not": 1, "avoid": 2},
            "captions": {"wanted": 1},
            "sign_language": {"wanted": 1},
        },
        support={"technical_aid": {1: 1}},
    ),
    Need(
        share=4,
        conditions={"group_start": {"wanted": 1}, "buddy": {"wanted": 1}},
        support={"application_help": FEW, "buddy": FEW},
    ),
    Need(
        share=3,
        conditions={
            "written_instructions": {"wanted": 1},
            "one_task_at_a_time": {"must": 1, "wanted": 4},
            "own_pace": {"wanted": 1},
            "one_contact_person": {"must": 1, "wanted": 3},
        },
        support={"work_guidance": {2: 2, 4: 2, None: 1}},
    ),
    Need(
        share=2,
        conditions={
            "customers": {"must_not": 1, "avoid": 3},
            "presentations": {"avoid": 1},
            "teamwork": {"avoid": 1},
        },
        support={"job_coach": FEW},
    ),
)


# Organisations; `(invented)` is added to each name

SUPPLIERS: Final = {
    "ANKER": "Anker Advies",
    "BAKEN": "Baken Facilitair",
    "DIJK": "Dijk en Dam Diensten",
    "EBBE": "Ebbe ICT",
    "FONTEIN": "Fontein Catering",
    "GRIEND": "Griend Groen",
    "HAVEN": "Haven Logistiek",
    "KADE": "Kade Personeel",
    "LOODS": "Loods Magazijnen",
    "MEENT": "Meent Communicatie",
    "POLDER": "Polder Software",
    "SLUIS": "Sluis Accountants",
    "VLIET": "Vliet Schoonmaak",
    "WAARD": "Waard Inkoop",
}
HOSTS: Final = {
    "DELTA": "Ministerie van Delta en Duin",
    "REGISTERS": "Dienst Openbare Registers",
    "GEBOUWEN": "Dienst Rijksgebouwen",
    "WATER": "Waterschap De Lage Landen",
    "ARCHIEF": "Streekarchief",
    "PARKEN": "Parkbeheer Rijn en Maas",
    "SPORTHUIS": "Sporthuis Zuid",
    "VERGUNNINGEN": "Vergunningenloket",
    "MUNI-HAGUE": "Gemeenten aan zee",
    "MUNI-UTRECHT": "Gemeenten aan de Vecht",
}
REFERRERS: Final = {
    "MUNI-HAGUE": "Gemeenten aan zee",
    "MUNI-MAAS": "Gemeenten aan de Maas",
    "MUNI-UTRECHT": "Gemeenten aan de Vecht",
    "MUNI-MIDDLE": "Gemeenten tussen de plassen",
    BENEFIT: "Uitkeringsdienst",
    RECEPTION: "Opvang nieuwkomers",
    ATHLETES: "Sportersvereniging",
    WORKSHOP: "Werkplaats West",
}
