"""Writes docs/reference/resources.md from the catalog, or checks that it is current.

python tools/reference.py            write the page
python tools/reference.py --check    exit 1 when the page differs from what would be written
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hirewire.catalog import RESOURCES
from hirewire.catalog.fields import EnumOf, Flag, ListOf, Long, OneOf, Record, Spelling, Text, UrnOrId, UrnText
from hirewire.catalog.generations import VERSIONS
from hirewire.catalog.integration_types import CONFIGURATION_KEYS, INTEGRATION_TYPES, ConfigurationKey
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Resource, View
from hirewire.values.time import to_iso
from hirewire.wire.keys import KeyKind

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "resources.md"
HEAD = """# Resources

What the platform serves and the SDK calls, resource by resource. This page is written from the catalog
(`python tools/reference.py`); the tests fail when the two differ.

Under `/rest` every request names a version in `LinkedIn-Version`; `/v2` has no versions. The page of each rule's source is
named beside it; "decision" points to [decisions](../explanation/decisions.md).
"""


def page() -> str:
    """The whole page."""
    resources = (section for resource in RESOURCES for section in resource_sections(resource))
    return "\n".join([HEAD, *resources, *integration_tables(), versions()])


def resource_sections(resource: Resource) -> Iterator[str]:
    limits = resource.limits
    minute = f"{limits.records_per_minute:,} records a UTC minute" if limits.records_per_minute else "no minute limit"
    yield f"## {resource.title}\n"
    yield (
        f"Source: *{resource.document}*. Per application: {limits.requests_per_day:,} requests a UTC day, {minute},"
        f" at most {limits.records_per_batch} records a batch.{shared(resource)}\n"
    )
    for view in resource.views:
        yield from view_sections(view)


def shared(resource: Resource) -> str:
    others = [
        other.title.lower() for other in RESOURCES if other.throttle == resource.throttle and other is not resource
    ]
    return f" The requests are counted together with those of {' and '.join(others)}." if others else ""


def view_sections(view: View) -> Iterator[str]:
    yield f"### `{path(view)}`\n"
    yield f"Methods: {', '.join(f'`{method.value}`' for method in sorted(view.methods, key=lambda m: m.value))}\n"
    yield table(("key part", "on the wire", "must be"), list(key_rows(view)))
    if rows := list(field_rows(view.fields)):
        yield table(("field", "on the wire", "holds", "required", "rules"), rows)
    for finder in view.finders:
        rows = [(f"`{p.wire}`", kind(p.kind), "yes" if p.required else "no") for p in finder.params]
        yield f"Finder `q={finder.name}`:\n"
        yield table(("parameter", "holds", "required"), rows)


def path(view: View) -> str:
    base, first, *rest = view.template.segments
    return "/" + "/".join([base, first, *(["{key}", *rest] if rest else [])])


def key_rows(view: View) -> Iterator[tuple[str, ...]]:
    for shape, place in ((view.parent, "path"), (view.key, "ids, or the end of the path")):
        for part in shape.parts if shape else ():
            yield part.name or "(constant)", f"{spelled(shape, part)} in {place}", must_be(part)


def spelled(shape: KeyShape | None, part: Part) -> str:
    return "the bare text" if shape and shape.kind is KeyKind.SIMPLE else f"`{part.wire}`"


def must_be(part: Part) -> str:
    if part.values:
        return ", ".join(f"`{value}`" for value in part.values)
    return " or ".join(f"`urn:li:{urn.value}:{{id}}`" for urn in part.urns) or "the partner's own identifier"


def field_rows(record: Record, prefix: str = "") -> Iterator[tuple[str, ...]]:
    for field in record.fields:
        rules = "; ".join(f"{rule.id} ({rule.document})" for rule in field.rules)
        yield f"{prefix}{field.name}", f"`{field.wire}`", kind(field.kind), required(field), rules
        if isinstance(field.kind, Record):
            yield from field_rows(field.kind, f"{prefix}{field.name}.")


def required(field: Spelling) -> str:
    return "given by the platform" if field.from_platform else "yes" if field.required else "no"


def kind(value: object) -> str:
    match value:
        case Text():
            return "string"
        case Long():
            return "long"
        case UrnText(kinds):
            return " or ".join(f"`urn:li:{each.value}:{{id}}`" for each in kinds)
        case UrnOrId(each):
            return f"`urn:li:{each.value}:{{id}}`, or the bare id"
        case EnumOf(_, values):
            return " or ".join(f"`{value}`" for value in values)
        case Flag():
            return "boolean"
        case OneOf(member, inner):
            return f'`{{"{member}": ...}}` with a {kind(inner)}'
        case ListOf(item, longest):
            return f"array of {kind(item)}, at most {longest}"
        case _:
            return "object"


def integration_tables() -> Iterator[str]:
    yield "## Integration types\n"
    yield "Which integrations a customer can enable. Source: *Sync Integration Configurations*.\n"
    types = [
        (f"`{each.name}`", each.description, each.product, " or ".join(f"{urn.value} URN" for urn in each.contexts))
        for each in INTEGRATION_TYPES.values()
    ]
    yield table(("type", "description", "product", "integration context"), types)
    yield "## Integration configuration keys\n"
    yield "What a partner sets for an integration; one that is required must be there before it can be enabled.\n"
    keys = [
        (f"`{key.name}`", f"`{key.integration_type}`", key.what_it_does, is_required(key), holds(key), key.program)
        for key in CONFIGURATION_KEYS
    ]
    yield table(("key", "integration type", "what it does", "required", "value", "program"), keys)


def is_required(key: ConfigurationKey) -> str:
    if not key.required:
        return "no"
    return "yes, unless the customer uses ACLs" if key.unless_acls else "yes"


def holds(key: ConfigurationKey) -> str:
    value = f"only `{key.value}`" if key.value else "URL: https, port 80 or 443, of one customer alone"
    return f"{value}; can be deleted" if key.is_deletable else value


def versions() -> str:
    rows = [(f"`{version.text}`", to_iso(version.sunset_at)[:10]) for version in VERSIONS.values()]
    return "## Versions of `/rest`\n\n" + table(("version", "sunset (UTC)"), rows)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> int:
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write(f"{PAGE.name} is not what the catalog says: run python tools/reference.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
