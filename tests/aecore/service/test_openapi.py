"""The OpenAPI description is valid, and says of each verb what the verb itself says."""

import pytest
from openapi_spec_validator import validate

from aecore.service.openapi import description
from aecore.service.verbs import VERBS


def test_the_description_is_valid_openapi():
    validate(description("/lab/api/v1"))


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_every_setting_of_a_verb_is_described(verb):
    operation = description("/api/v1")["paths"][f"/{verb.name}"]["post"]
    bodies = operation["requestBody"]["content"]
    schema = description("/api/v1")["components"]["schemas"][verb.question.__name__]
    assert set(schema["properties"]) == set(verb.question.model_fields)
    assert all(field.description for field in verb.question.model_fields.values())
    in_address = {parameter["name"] for parameter in operation["parameters"]}
    assert in_address | {"picture", "mask", "digits", "missing", "codes"} >= set(verb.question.model_fields)
    assert ("image/png" in operation["responses"]["200"]["content"]) == verb.draws
    assert ("image/*" in bodies) == ("picture" in verb.question.model_fields)
