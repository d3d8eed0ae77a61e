"""Ruby: the interpreter's own library, gems, and what distributions make of them."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.ruby.metadata import RubyReader
from slimmer.ecosystems.ruby.rules import GemsRule, RubyLibraryRule, RubyRequiresRule
from slimmer.keep import Landmark

RUBY = Ecosystem(
    name="Ruby",
    landmarks=(Landmark(name="specifications", beside="gems", above=1),),
    folders=("gems", ".gem"),
    sources=(".rb", ".ru"),
    rules=(RubyLibraryRule, RubyRequiresRule, GemsRule),
    readers=(RubyReader,),
)
