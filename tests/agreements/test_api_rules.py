"""
The Dutch API Design Rules 2.2, held against our OpenAPI document in Python alone.

docs/how-to/lint-the-api.md says how to let the linter of the standard itself look at it.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from service.app import API_VERSION, create_api
from tests.conftest import Clock, OpenDatabase, client_of

Json = dict[str, Any]
Faults = Iterator[str]

METHODS = {"get", "put", "post", "patch", "delete"}
BESIDE_METHODS = {"parameters", "summary", "description", "servers"}
CAMEL = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*")
UPPER_CAMEL = re.compile(r"[A-Z][a-z0-9]*([A-Z][a-z0-9]*)*")
SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*|\{[^}]+\}")
SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
)
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def document() -> Json:
    """The document that the service publishes, with references as they are."""
    return create_api().openapi()


# Walking through a document.


def operations(doc: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in doc["paths"].items():
        for method, operation in item.items():
            if method not in BESIDE_METHODS:
                yield path, method, operation


def responses(doc: Json) -> Iterator[tuple[str, str, Json]]:
    for path, method, operation in operations(doc):
        for status, response in operation["responses"].items():
            yield f"{method} {path}", status, response


def query_parameters(doc: Json) -> Iterator[tuple[str, Json]]:
    for path, method, operation in operations(doc):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                yield f"{method} {path}", parameter


def resolved(doc: Json, schema: Json) -> Json:
    while "$ref" in schema:
        schema = doc["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def nodes(value: Any, path: str = "") -> Iterator[tuple[str, Json]]:
    """Give each object of a document with its path."""
    if isinstance(value, dict):
        yield path, value
        for name, inner in value.items():
            yield from nodes(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from nodes(inner, f"{path}/{position}")


def properties(doc: Json) -> Iterator[tuple[str, str, Json]]:
    for path, node in nodes(doc):
        # A property may itself be called "properties"; a schema of properties has a type beside it.
        if path.endswith("/properties") or not isinstance(node.get("properties"), dict):
            continue
        for name, schema in node["properties"].items():
            yield path, name, schema


# The rules: each gives a sentence for whatever does not keep it.


def is_openapi_3(doc: Json) -> Faults:
    if not re.fullmatch(r"3\.\d+\.\d+", str(doc.get("openapi"))):
        yield "the document is not OpenAPI 3"


def has_contact(doc: Json) -> Faults:
    contact = doc["info"].get("contact", {})
    yield from (
        f"contact has no {part}" for part in ("name", "email", "url") if not contact.get(part)
    )


def has_semantic_version(doc: Json) -> Faults:
    if not SEMVER.fullmatch(doc["info"]["version"]):
        yield f"{doc['info']['version']} is no semantic version"


def has_major_version_in_address(doc: Json) -> Faults:
    major = doc["info"]["version"].partition(".")[0]
    servers = doc.get("servers", [])
    if not servers:
        yield "there are no servers"
    for server in servers:
        if not re.fullmatch(rf"(https://[^/]+)?(/[a-z0-9-]+)*/v{major}", server["url"]):
            yield f"{server['url']} does not end in /v{major}"


def has_no_trailing_slash(doc: Json) -> Faults:
    yield from (path for path in doc["paths"] if path.endswith("/"))


def has_kebab_case_paths(doc: Json) -> Faults:
    for path in doc["paths"]:
        if not path.startswith("/"):
            yield path
        yield from (
            f"{path}: {segment}"
            for segment in path.strip("/").split("/")
            if not SEGMENT.fullmatch(segment)
        )


def has_the_parameters_of_its_paths(doc: Json) -> Faults:
    for path, method, operation in operations(doc):
        told = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        if told != set(re.findall(r"\{([^}]+)\}", path)):
            yield f"{method} {path}"


def has_camel_case_query_keys(doc: Json) -> Faults:
    for where, parameter in query_parameters(doc):
        if not CAMEL.fullmatch(parameter["name"]):
            yield f"{where}: {parameter['name']}"


def has_camel_case_properties(doc: Json) -> Faults:
    yield from (f"{path}: {name}" for path, name, _ in properties(doc) if not CAMEL.fullmatch(name))


def has_upper_camel_case_schemas(doc: Json) -> Faults:
    yield from (name for name in doc["components"]["schemas"] if not UPPER_CAMEL.fullmatch(name))


def has_standard_methods(doc: Json) -> Faults:
    yield from (f"{method} {path}" for path, method, _ in operations(doc) if method not in METHODS)


def has_unique_operation_ids(doc: Json) -> Faults:
    seen: set[str] = set()
    for path, method, operation in operations(doc):
        name = operation.get("operationId")
        if not name or name in seen:
            yield f"{method} {path}: {name}"
        seen.add(name)


def has_version_header(doc: Json) -> Faults:
    for where, status, response in responses(doc):
        if "API-Version" not in response.get("headers", {}):
            yield f"{where}: {status}"


def has_400_and_no_422(doc: Json) -> Faults:
    for path, method, operation in operations(doc):
        if "400" not in operation["responses"]:
            yield f"{method} {path} has no 400"
        if "422" in operation["responses"]:
            yield f"{method} {path} has a 422"


def has_problems(doc: Json) -> Faults:
    for where, status, response in responses(doc):
        if not status.startswith(("4", "5")):
            continue
        content = response.get("content", {})
        if set(content) != {PROBLEM}:
            yield f"{where}: {status} is no {PROBLEM}"
            continue
        schema = resolved(doc, content[PROBLEM]["schema"])
        needed = {"status", "title", "detail"}
        if not needed <= set(schema["properties"]) or not needed <= set(schema["required"]):
            yield f"{where}: {status} lacks one of {needed}"


def has_an_answer_that_is_an_object(doc: Json) -> Faults:
    for where, status, response in responses(doc):
        for kind, media in response.get("content", {}).items():
            if status.startswith("2") and resolved(doc, media["schema"]).get("type") != "object":
                yield f"{where}: {status} {kind} is no object"
    for path, method, operation in operations(doc):
        if not any(status.startswith("2") for status in operation["responses"]):
            yield f"{method} {path} has no answer"


def has_dates_with_their_format(doc: Json) -> Faults:
    """A day ends in On, an instant in At, a time here is startsAt or earliestStart."""
    times = {"startsAt", "earliestStart"}
    for path, name, schema in properties(doc):
        wanted = None
        if name.endswith("On") or name in ("asOf", "waitingSince"):
            wanted = "date"
        elif name in times:
            wanted = "time-local"
        elif name.endswith("At"):
            wanted = "date-time"
        # At the top level: linters overlook a format that hides within anyOf.
        if schema.get("format") != wanted and (wanted or "format" in schema):
            known = schema.get("format") in ("uuid", "uri-reference")
            if wanted or not known:
                yield f"{path}: {name} has format {schema.get('format')}"
    for where, parameter in query_parameters(doc):
        wanted = "date" if parameter["name"] == "asOf" else None
        if parameter["schema"].get("format") != wanted:
            yield f"{where}: {parameter['name']}"


def has_no_hidden_formats(doc: Json) -> Faults:
    for path, node in nodes(doc):
        if node.get("format") in ("time", "date-time-local"):
            yield f"{path}: {node['format']}"
        if "format" in node and re.search(r"/(anyOf|oneOf|allOf)/\d+$", path):
            yield f"{path} hides {node['format']}"


def has_no_loose_ends(doc: Json) -> Faults:
    known = {f"#/components/schemas/{name}" for name in doc["components"]["schemas"]}
    used = {node["$ref"] for _, node in nodes(doc) if isinstance(node.get("$ref"), str)}
    yield from (f"{reference} leads nowhere" for reference in used - known)
    yield from (f"{reference} is used nowhere" for reference in known - used)


def has_no_body_where_none_is_read(doc: Json) -> Faults:
    for path, method, operation in operations(doc):
        if method in ("get", "delete") and "requestBody" in operation:
            yield f"{method} {path} has a body"
        if method in ("put", "patch") and "requestBody" not in operation:
            yield f"{method} {path} has no body"


# Ways to break them.


def first_of(doc: Json, path: str = "/slots", method: str = "get") -> Json:
    return dict_at(doc, "paths", path, method)


def dict_at(doc: Json, *names: str) -> Json:
    for name in names:
        doc = doc[name]
    return doc


def moved(place: Json, old: str, new: str) -> None:
    place[new] = place.pop(old)


def rename_query(doc: Json) -> None:
    first_of(doc)["parameters"][0]["name"] = "page_size"


def hide_date(doc: Json) -> None:
    schema = dict_at(doc, "components", "schemas", "Slot", "properties", "closesOn")
    schema["anyOf"] = [{"type": "string", "format": schema.pop("format")}, {"type": "null"}]


def lose_detail(doc: Json) -> None:
    del dict_at(doc, "components", "schemas", "Problem", "properties")["detail"]


def answer_list(doc: Json) -> None:
    content = first_of(doc)["responses"]["200"]["content"]
    content["application/json"]["schema"] = {"type": "array", "items": {}}


def property_named(doc: Json, new: str) -> None:
    moved(dict_at(doc, "components", "schemas", "Slot", "properties"), "closesOn", new)


def format_of(doc: Json, name: str, value: str) -> None:
    dict_at(doc, "components", "schemas", "Slot", "properties", name)["format"] = value


@dataclass(frozen=True)
class Rule:
    """A rule, and ways to break it."""

    faults: Callable[[Json], Faults]
    breaks: tuple[Callable[[Json], Any], ...]


RULES = {
    "core/doc-openapi: OpenAPI 3": Rule(
        is_openapi_3, (lambda d: d.update(openapi="2.0"), lambda d: d.pop("openapi"))
    ),
    "core/doc-openapi-contact: name, mail and address": Rule(
        has_contact,
        (lambda d: d["info"].pop("contact"), lambda d: d["info"]["contact"].update(email="")),
    ),
    "core/semver: the version is semantic": Rule(
        has_semantic_version, (lambda d: d["info"].update(version="1.0"),)
    ),
    "core/uri-version: the major version is in the address": Rule(
        has_major_version_in_address,
        (
            lambda d: d.update(servers=[{"url": "/"}]),
            lambda d: d.update(servers=[{"url": "/v2"}]),
            lambda d: d.pop("servers"),
        ),
    ),
    "core/no-trailing-slash: no path ends in a slash": Rule(
        has_no_trailing_slash, (lambda d: moved(d["paths"], "/slots", "/slots/"),)
    ),
    "core/path-segments-kebab-case: paths are in kebab-case": Rule(
        has_kebab_case_paths,
        (
            lambda d: moved(d["paths"], "/match-runs", "/matchRuns"),
            lambda d: moved(d["paths"], "/match-runs", "/match_runs"),
        ),
    ),
    "core/publish-openapi: each path has its parameters": Rule(
        has_the_parameters_of_its_paths,
        (lambda d: moved(d["paths"], "/slots/{slot_id}", "/slots/{id}"),),
    ),
    "core/query-keys-camel-case: questions are in camelCase": Rule(
        has_camel_case_query_keys, (rename_query,)
    ),
    "core/property-casing: properties are in camelCase": Rule(
        has_camel_case_properties,
        (lambda d: property_named(d, "closes_on"), lambda d: property_named(d, "ClosesOn")),
    ),
    "core/schema-casing: schemas are in UpperCamelCase": Rule(
        has_upper_camel_case_schemas,
        (lambda d: moved(d["components"]["schemas"], "Slot", "Page_SlotRead_"),),
    ),
    "core/http-methods: only standard methods": Rule(
        has_standard_methods, (lambda d: moved(d["paths"]["/slots"], "get", "search"),)
    ),
    "core/publish-openapi: operation ids are unique": Rule(
        has_unique_operation_ids,
        (
            lambda d: first_of(d).update(operationId="listPilots"),
            lambda d: first_of(d).pop("operationId"),
        ),
    ),
    "core/version-header: every answer has API-Version": Rule(
        has_version_header,
        (
            lambda d: first_of(d)["responses"]["200"].pop("headers"),
            lambda d: first_of(d)["responses"]["400"]["headers"].pop("API-Version"),
        ),
    ),
    "core/error-handling/invalid-input: 400, and never 422": Rule(
        has_400_and_no_422,
        (
            lambda d: first_of(d)["responses"].pop("400"),
            lambda d: first_of(d)["responses"].update({"422": {}}),
        ),
    ),
    "core/error-handling/problem-details: every error is a problem": Rule(
        has_problems,
        (
            lose_detail,
            lambda d: moved(
                first_of(d)["responses"]["500"]["content"], PROBLEM, "application/json"
            ),
            lambda d: first_of(d)["responses"]["400"].pop("content"),
        ),
    ),
    "core/return-objects: every answer is an object": Rule(
        has_an_answer_that_is_an_object,
        (answer_list, lambda d: first_of(d)["responses"].pop("200")),
    ),
    "core/date-time: days, instants and times say what they are": Rule(
        has_dates_with_their_format,
        (
            hide_date,
            lambda d: format_of(d, "closesOn", "date-time"),
            lambda d: format_of(d, "createdAt", "date"),
            lambda d: format_of(d, "title", "date"),
        ),
    ),
    "core/date-time/timezone: times are local, and no format hides": Rule(
        has_no_hidden_formats, (hide_date, lambda d: format_of(d, "startsAt", "time"))
    ),
    "core/publish-openapi: no reference leads nowhere, no schema is left over": Rule(
        has_no_loose_ends,
        (
            lambda d: d["components"]["schemas"].pop("Slot"),
            lambda d: d["components"]["schemas"].update(HTTPValidationError={"type": "object"}),
        ),
    ),
    "core/http-methods: reading has no body, changing has one": Rule(
        has_no_body_where_none_is_read,
        (
            lambda d: first_of(d).update(requestBody={}),
            lambda d: first_of(d, "/slots/{slot_id}", "patch").pop("requestBody"),
        ),
    ),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_document_keeps_the_rule(rule: Rule, document: Json) -> None:
    assert list(rule.faults(document)) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_broken_document_does_not(rule: Rule, document: Json) -> None:
    for break_it in rule.breaks:
        broken = deepcopy(document)
        break_it(broken)
        assert list(rule.faults(broken))


def test_there_is_something_to_look_at(document: Json) -> None:
    assert len(list(operations(document))) > 30
    assert len(list(properties(document))) > 300
    assert len(list(query_parameters(document))) > 15
    formats = [schema["format"] for _, _, schema in properties(document) if "format" in schema]
    assert {"date", "date-time", "time-local", "uuid"} <= set(formats)


def test_the_document_is_published_for_everybody_where_the_rules_want_it(
    document: Json, made_databases: OpenDatabase, tmp_path: Path
) -> None:
    with (
        made_databases("sqlite", tmp_path, sample=False) as engine,
        client_of(engine, Clock()) as client,
    ):
        answer = client.get("/v1/openapi.json", headers={"Origin": "https://elsewhere.example"})
        assert client.get("/").json()["api"] == "/v1/openapi.json"
        closed = client.get("/v1/slots", headers={"Origin": "https://elsewhere.example"})
    assert answer.json() == document
    assert answer.headers["API-Version"] == document["info"]["version"] == API_VERSION
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in closed.headers
