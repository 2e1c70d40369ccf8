"""The floors of the house, held by the models themselves: string foreign keys hide from import-linter."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model

FLOORS = {"common": 0, "knowledge_base": 1, "logistics": 1, "tickets": 2, "channels_integrations": 3, "site_config": 4}


def test_relations_between_models_point_down_only() -> None:
    wrong = []
    for model in apps.get_models():
        for field in model._meta.get_fields(include_hidden=True):
            target = field.related_model
            if field.auto_created or not (isinstance(target, type) and issubclass(target, Model)):
                continue
            ours, theirs = model._meta.app_label, target._meta.app_label
            if ours == theirs or ours not in FLOORS or theirs not in FLOORS:
                continue
            if FLOORS[theirs] >= FLOORS[ours]:
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")

    assert wrong == []


def test_libraries_have_no_relations_to_models_of_ours_but_the_user() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label not in FLOORS
        for field in model._meta.get_fields()
        if not field.auto_created
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label in FLOORS
        and field.related_model._meta.label != "common.User"
    ]

    assert wrong == []


def test_every_app_of_ours_has_a_floor() -> None:
    from django.conf import settings

    ours = {
        config.label
        for config in apps.get_app_configs()
        if config.path.startswith(str(settings.BASE_DIR) + "/") and "/.venv/" not in config.path
    }

    assert ours == set(FLOORS)
