"""A view that must be there."""

from __future__ import annotations

from hirewire.catalog.generations import Generation
from hirewire.catalog.model import Resource, View


def view_of(resource: Resource, generation: Generation) -> View:
    """The view of a resource in a generation."""
    view = resource.view(generation)
    assert view is not None, f"{resource} is not offered in {generation}"
    return view
