"""Ruby: the interpreter's own library, gems, and what distributions make of them."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.ruby.metadata import RubyReader
from slimmer.ecosystems.ruby.requires import RubyRequiresRule
from slimmer.ecosystems.ruby.rules import GemsRule, RubyLibraryRule
from slimmer.keep import Landmark, directories

RUBY = Ecosystem(
    name="Ruby",
    landmarks=(
        Landmark(name="specifications", beside="gems", above=1),
        Landmark(
            name="English.rb",
            above=4,
            above_if_shared=1,
            claims=(
                *("bin/bundle", "bin/bundler", "bin/erb", "bin/gem", "bin/irb", "bin/racc"),
                *("bin/rake", "bin/rbs", "bin/rdoc", "bin/ri", "bin/ruby", "bin/typeprof"),
                *("bin/syntax_suggest", "include/ruby-*", "lib/libruby*", "share/ri"),
            ),
        ),
        *directories(".bundle/cache"),
    ),
    folders=("gems", ".gem"),
    sources=(".rb", ".ru"),
    rules=(RubyLibraryRule, RubyRequiresRule, GemsRule),
    readers=(RubyReader,),
)
