"""Java: runtimes, and archives of classes."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.java.metadata import JavaReader
from slimmer.ecosystems.java.rules import JarsRule, JavaRuntimeRule
from slimmer.keep import Landmark, directories

JAVA = Ecosystem(
    name="Java",
    landmarks=(
        Landmark(name="libjvm.so", above=3),  # HOME/lib/server/libjvm.so
        *directories(".gradle", ".m2"),
    ),
    folders=(".m2",),
    sources=(".properties",),
    rules=(JavaRuntimeRule, JarsRule),
    readers=(JavaReader,),
)
