"""Deno: packages and modules in its cache, and what its sources import and start."""

from slimmer.ecosystems.deno.cache import LANDMARK
from slimmer.ecosystems.deno.metadata import DenoReader
from slimmer.ecosystems.deno.rules import DenoCommandsRule, DenoModulesRule, DenoPackagesRule
from slimmer.ecosystems.interface import Ecosystem

DENO = Ecosystem(
    name="Deno",
    landmarks=(LANDMARK,),
    sources=(".jsonc", ".jsx", ".mts", ".tsx"),
    rules=(DenoPackagesRule, DenoModulesRule, DenoCommandsRule),
    readers=(DenoReader,),
)
