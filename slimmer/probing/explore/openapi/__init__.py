"""API descriptions (OpenAPI, Swagger): every operation, with generated input."""

from slimmer.probing.explore.openapi.exercise import DESCRIPTION, OPENAPI, ApiDescription
from slimmer.probing.explore.openapi.generation import require_schemathesis
from slimmer.probing.explore.openapi.options import OpenApiOptions

__all__ = ["DESCRIPTION", "OPENAPI", "ApiDescription", "OpenApiOptions", "require_schemathesis"]
