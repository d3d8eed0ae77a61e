"""API descriptions (OpenAPI, Swagger): every operation, with generated input."""

from slimmer.openapi.exercise import DESCRIPTION, OPENAPI, ApiDescription
from slimmer.openapi.options import OpenApiOptions

__all__ = ["DESCRIPTION", "OPENAPI", "ApiDescription", "OpenApiOptions"]
